//! How deeply a JavaScript text nests, found without recursion.
//!
//! The parser is a recursive descent without a limit, so a text of brackets (or of `!`) would
//! exhaust its stack. What bounds its recursion is the number of tokens since the last `,` or `;`
//! of each bracket that is open: a comma ends an expression, a semicolon a statement. What no
//! literal holds and what would make a text look different here than to the parser (regular
//! expressions, HTML-like comments, brackets that do not match) is refused.

/// Most tokens since the last separators: several for each level of a document.
const MAX_TOKENS: usize = 1000;

/// Where a text is refused, in bytes, and why.
pub(super) type Refusal = (usize, String);

/// Checks that a text can be parsed within a bounded stack.
pub(super) fn check(text: &str) -> Result<(), Refusal> {
    Scan { bytes: text.as_bytes(), at: 0, open: Vec::new(), here: 0, all: 0 }.run()
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The brackets that are open, a backtick for the expression of a template, each with the
    /// tokens of the level around it.
    open: Vec<(u8, usize)>,
    /// Tokens since the last separator in the innermost bracket.
    here: usize,
    /// And in all that are open.
    all: usize,
}

impl Scan<'_> {
    fn run(mut self) -> Result<(), Refusal> {
        while let Some(&byte) = self.bytes.get(self.at) {
            let start = self.at;
            self.at += 1;
            let next = self.bytes.get(self.at).copied();
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => continue,
                b'/' if next == Some(b'/') => self.line(),
                b'/' if next == Some(b'*') => self.comment(),
                b'/' => return Err((start, "a regular expression or a division".to_owned())),
                b'<' | b'#' | b'@' => return Err((start, format!("`{}`", char::from(byte)))),
                b'-' if self.bytes[self.at..].starts_with(b"->") => return Err((start, "`-->`".to_owned())),
                b',' | b';' => {
                    self.all -= self.here;
                    self.here = 0;
                }
                b')' | b']' | b'}' => {
                    if !self.close(byte) {
                        return Err((start, format!("`{}` without its counterpart", char::from(byte))));
                    }
                }
                _ => self.token(byte),
            }
            if self.all > MAX_TOKENS {
                return Err((start, format!("more than {MAX_TOKENS} tokens inside of each other")));
            }
        }
        Ok(())
    }

    fn token(&mut self, byte: u8) {
        self.here += 1;
        self.all += 1;
        match byte {
            b'"' | b'\'' => self.string(byte),
            b'`' => self.template(),
            b'(' | b'[' | b'{' => self.open.push((byte, std::mem::take(&mut self.here))),
            _ if word(byte) => {
                while self.bytes.get(self.at).copied().is_some_and(word) {
                    self.at += 1;
                }
            }
            _ => {}
        }
    }

    /// Whether what `byte` closes was the innermost that is open.
    fn close(&mut self, byte: u8) -> bool {
        let Some((opened, outer)) = self.open.pop() else { return false };
        self.all -= self.here;
        self.here = outer;
        match (opened, byte) {
            (b'(', b')') | (b'[', b']') | (b'{', b'}') => true,
            (b'`', b'}') => {
                self.template();
                true
            }
            _ => false,
        }
    }

    fn string(&mut self, quote: u8) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' if self.bytes[self.at..].starts_with(b"\r\n") => self.at += 2,
                b'\\' => self.at += 1,
                // A line ends a string that is not closed; the parser refuses it.
                b'\n' | b'\r' => break,
                byte if byte == quote => break,
                _ => {}
            }
        }
    }

    /// The text of a template, up to its end or to an expression in it.
    fn template(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'`' => break,
                b'$' if self.bytes.get(self.at) == Some(&b'{') => {
                    self.at += 1;
                    self.open.push((b'`', std::mem::take(&mut self.here)));
                    break;
                }
                _ => {}
            }
        }
    }

    /// The rest of a line; U+2028 and U+2029 end one, too.
    fn line(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            let separator = byte == 0xe2
                && self.bytes.get(self.at) == Some(&0x80)
                && matches!(self.bytes.get(self.at + 1), Some(0xa8 | 0xa9));
            if matches!(byte, b'\n' | b'\r') || separator {
                break;
            }
        }
    }

    fn comment(&mut self) {
        self.at += 1;
        let end = self.bytes[self.at..].windows(2).position(|two| two == b"*/");
        self.at = end.map_or(self.bytes.len(), |end| self.at + end + 2);
    }
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.' | b'\\') || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn depth_is_bounded_and_length_is_not() {
        let long = format!("var e={{{}}};", "\"a\":[{b:1,c:`x`},!0,void 0],".repeat(5000));
        assert_eq!(check(&long), Ok(()));
        for deep in ["[", "{a:", "(", "!", "a=", "a?b:", "()=>", "`${", "- ", "if(a){}else ", "void ", "a:"] {
            let (_, message) = check(&deep.repeat(2000)).unwrap_err();
            assert!(message.contains("inside of each other"), "{deep}: {message}");
        }
    }

    #[test]
    fn what_is_not_code_does_not_count() {
        for text in [
            "/* [[ \" */ // ] ' \u{2028}x='\\'[',\"[\\\\\",`[\\`${a}[${`{`}`",
            "'a\\\r\n[[[',1",
            "",
            "x='",
            "x='\\",
            "`\\",
            "/*",
            "//",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_could_mislead_is_refused() {
        for (text, at) in
            [("x=/\"/", 2), ("x<!--\"", 1), ("\n--> \"", 1), ("#!x", 0), ("[}", 1), ("]", 0), ("`${]}`", 3)]
        {
            assert_eq!(check(text).unwrap_err().0, at, "{text}");
        }
    }
}
