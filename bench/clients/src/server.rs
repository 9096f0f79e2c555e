//! A server on threads of its own, which has two answers.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// How many items the large answer has: about a megabyte.
pub const MANY: i64 = 2900;

/// Serves pages that are made of so many items each: one, or [`MANY`] where that many are asked for.
pub fn serve(page: fn(i64) -> String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answers = [1, MANY].map(|items| {
        let body = page(items);
        let length = body.len();
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
    });
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, answers) = (stream.unwrap(), answers.clone());
            std::thread::spawn(move || answer(stream, &answers));
        }
    });
    url
}

fn answer(mut stream: TcpStream, answers: &[String; 2]) {
    stream.set_nodelay(true).unwrap();
    let wanted = format!("ize={MANY}");
    let mut read = [0; 8192];
    let mut length = 0;
    loop {
        match stream.read(&mut read[length..]) {
            Ok(0) | Err(_) => return,
            Ok(more) => length += more,
        }
        if read[..length].ends_with(b"\r\n\r\n") {
            let large = read[..length].windows(wanted.len()).any(|part| part == wanted.as_bytes());
            if stream.write_all(answers[usize::from(large)].as_bytes()).is_err() {
                return;
            }
            length = 0;
        }
    }
}
