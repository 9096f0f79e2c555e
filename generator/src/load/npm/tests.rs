use super::{fit, is_pattern, module, npm};
use crate::fold::Placed;
use crate::load::{Limits, sources::Sources};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use tar::{Builder, Header};

fn value(text: &str) -> Value {
    module::document(text, "x.js").unwrap()
}

fn refused(text: &str) -> String {
    module::document(text, "x.js").unwrap_err().to_string()
}

#[test]
fn every_form_of_export_gives_the_literal() {
    for text in [
        "'use strict';var e={a:1},t=e;module.exports=t;",
        "var e={a:1},t=e;\nexport{t as default};",
        "export default {a:1}",
        "const e={a:1};export default e;",
        "exports.default={a:1}",
        "/* c */ let a={a:1}; // d\n;module.exports=(a)",
        "const a=1;module.exports={a}",
    ] {
        assert_eq!(value(text), json!({"a": 1}), "{text}");
    }
}

#[test]
fn literals_are_what_json_makes_of_them() {
    let text = r#"
        const c = {k: [1]}, d = [2];
        module.exports = {
            int: 5e3, half: .5, hex: 0x1f, grouped: 1_000, big: 9007199254740993, less: -7, zero: -0, plus: +3,
            yes: !0, no: !1, never: !c, empty: !"", none: null, gone: void 0, also: undefined, list: [void 0, 1],
            'quoted key': 'it\'s "x"\u00e9\x41\u{1F600}\
end', t: `a
\`b\${`, ["computed"]: 1, [200]: 2, 404: 3, 1.0: 4, twice: 1, twice: 2, was: 1, was: void 0,
            ...c, both: [...d, ...[3, 4]], c, same: c,
        };"#;
    let expected = json!({
        "int": 5000, "half": 0.5, "hex": 31, "grouped": 1000, "big": 9_007_199_254_740_992_f64, "less": -7,
        "zero": 0, "plus": 3, "yes": true, "no": false, "never": false, "empty": true, "none": null,
        "list": [null, 1], "quoted key": "it's \"x\"\u{e9}A\u{1f600}end", "t": "a\n`b${", "computed": 1,
        "200": 2, "404": 3, "1": 4, "twice": 2, "k": [1], "both": [2, 3, 4], "c": {"k": [1]}, "same": {"k": [1]},
    });
    assert_eq!(value(text), expected);
}

#[test]
fn what_is_no_literal_has_its_place() {
    for (text, words) in [
        (
            "module.exports={a:{b:[1,f()]}}",
            "a call stands where a literal is expected, in column 25: `f()]}}`\n  --> x.js:1 at /a/b/1",
        ),
        (
            "\nmodule.exports={\n  a:()=>1}",
            "a function stands where a literal is expected, in column 5: `()=>1}`\n  --> x.js:3 at /a",
        ),
        ("module.exports={a(){}}", "a function stands"),
        ("module.exports={get a(){return 1}}", "a function stands"),
        ("module.exports={a:require('b')}", "a call"),
        ("module.exports={a:1+1}", "a computation"),
        ("module.exports={a:b.c}", "an access to a member"),
        ("module.exports={a:`x${1}`}", "a template with an expression"),
        ("module.exports={a:1n}", "a BigInt"),
        ("module.exports={a:/x/}", "a regular expression or a division"),
        ("module.exports={a:1e999}", "a number that JSON does not have"),
        ("module.exports={a:-'1'}", "`-` of something else than a number"),
        ("module.exports={a:~1}", "`~` of something else"),
        ("module.exports={a:[1,,2]}", "a hole"),
        ("module.exports={a:'\\ud800'}", "surrogate"),
        ("module.exports={__proto__:{}}", "`__proto__`"),
        ("module.exports={[[]]:1}", "a key that is neither"),
        ("module.exports={...[1]}", "`...` of something else than an object"),
        ("module.exports={a:late};var late=1", "`late` is not the name of a literal before it"),
        ("var a=1,a=2;module.exports=a", "`a` is declared twice"),
        ("var {a}={a:1};module.exports=a", "a pattern"),
        ("var a={};a.b=1;module.exports=a", "an assignment to something else"),
        ("var a={};module.exports+=a", "an assignment to something else"),
        ("import a from 'b';export default a", "neither a declaration nor an export"),
        ("export const a={};", "neither a declaration nor an export"),
        ("var a={};export{a}", "not the default one"),
        ("module.exports={};module.exports={}", "a second export"),
        ("module.exports=void 0", "undefined; expected an object"),
        ("for(;;){}", "neither a declaration nor an export"),
        (
            "console.log(1);module.exports={}",
            "neither a declaration nor an export, in column 1: `console.log(1)",
        ),
        ("var a={}", "nothing is exported"),
        ("module.exports={a:1", "this is not JavaScript"),
        ("<!doctype html><title>Sign in</title>", "`<` stands where a literal is expected, in column 1"),
        ("module.exports={a:'\u{e9}\u{e9}',b:f}", "in column 26: `f}`"),
    ] {
        let message = refused(text);
        assert!(message.starts_with("error[M0802]") && message.contains(words), "{text}: {message}");
    }
}

#[test]
fn bombs_are_refused() {
    let mut wide = "var a0=[0,0,0,0,0,0,0,0,0,0]".to_owned();
    let mut deep = "var a0=[]".to_owned();
    for i in 1..300 {
        wide += &format!(",a{i}=[{}]", vec![format!("a{}", i - 1); 10].join(","));
        deep += &format!(",a{i}=[a{}]", i - 1);
    }
    assert!(refused(&wide).contains("variables add more than"));
    assert!(refused(&deep).contains("nested deeper than 200 levels"));
    let nested = format!("module.exports={}1{}", "[".repeat(250), "]".repeat(250));
    assert!(refused(&nested).contains("nested deeper than 200 levels"));
    for deep in [
        "[",
        "!",
        "(",
        "{a:",
        "a?b:",
        "()=>",
        "`${",
        "-(",
        "async(",
        "if(a){}else ",
        "a=",
        "new ",
        "class{[",
        "({a:b=",
        "for(;;)",
    ] {
        let tokens = deep.chars().filter(|c| !c.is_whitespace()).count().min(4);
        for count in [900 / tokens, 100_000] {
            assert!(refused(&format!("module.exports={}", deep.repeat(count))).contains("M0802"), "{deep}");
        }
    }
}

#[test]
fn patterns_name_version_and_construct() {
    let place = |path| fit("dist/c/{version}/{construct}/*Schema.js", path);
    assert_eq!(
        place("dist/c/v1/tree/TreeSchema.js"),
        Some(Placed::Construct { version: "v1".to_owned(), construct: "tree".to_owned() })
    );
    for other in [
        "dist/c/v1/tree/Schema.js",
        "dist/c/v1/tree/Tree.js",
        "dist/c/v1/TreeSchema.js",
        "dist/c/v1/a/b/TreeSchema.js",
    ] {
        assert_eq!(place(other), None, "{other}");
    }
    assert!(!is_pattern("dist/{version}/x.js") && !is_pattern("{version}/{construct}/*x*.js"));
}

fn package(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, text) in files {
        let mut header = Header::new_ustar();
        header.set_size(text.len() as u64);
        builder.append_data(&mut header, format!("package/{name}"), text.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

#[test]
fn a_package_gives_one_document_for_each_construct() {
    let sources = Sources::parse(include_str!("../../../../schemas/sources.toml"), "sources.toml").unwrap();
    let read = |files: &[(&str, &str)]| npm(&package(files)[..], &sources, &Limits::default());
    let manifest = ("package.json", r#"{"name": "@meshery/schemas", "version": "1.2.3"}"#);
    let tree = "module.exports={openapi:'3.0.0'}";
    let made = read(&[
        manifest,
        ("dist/constructs/v1/tree/TreeSchema.js", tree),
        ("dist/constructs/v1/tree/TreeSchema.mjs", "not read"),
        ("dist/constructs/v1/tree/Tree.js", "not read"),
        ("dist/constructs/v1/bush/BushSchema.mjs", "export default {openapi:'3.0.0'}"),
    ])
    .unwrap();
    assert_eq!(made.release.as_deref(), Some("v1.2.3"));
    let names: Vec<_> = made.documents.iter().map(|piece| piece.name.as_str()).collect();
    assert_eq!(names, ["dist/constructs/v1/bush/BushSchema.mjs", "dist/constructs/v1/tree/TreeSchema.js"]);
    assert_eq!(made.files.len(), 2);
    for (files, words) in [
        (&[manifest][..], "no document in the package"),
        (&[("dist/constructs/v1/tree/TreeSchema.js", tree)], "no such file\n  --> package.json"),
        (
            &[("package.json", r#"{"name": "x", "version": "1.2.3"}"#)],
            "the package is `x`, expected `@meshery/schemas`",
        ),
        (
            &[("package.json", r#"{"name": "@meshery/schemas", "version": "latest"}"#)],
            "`latest` is no version",
        ),
        (&[("package.json", "no")], "not JSON"),
        (&[manifest, ("dist/constructs/v1/tree/TreeSchema.js", "export default 1")], "no object"),
    ] {
        let message = read(files).unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(500))]
    #[test]
    fn nothing_panics(text in r"(module\.exports=|export default |var a=|\{|\}|\[|\]|\(|\)|a|:|,|;|'|`|\$\{|!|-|1|0x|e9|\.\.\.|/\*|//|\\|\n|\u{2028}|void |=>|\?|\+|u\{d800\}){0,40}") {
        let _ = module::document(&text, "x.js");
    }

    #[test]
    fn json_is_a_literal(keys in proptest::collection::vec("[^_]{0,8}", 0..5), text in ".{0,40}", number: i32) {
        let map: serde_json::Map<_, _> =
            keys.into_iter().map(|key| (key, json!([text.clone(), number, null, true]))).collect();
        let value = Value::Object(map);
        proptest::prop_assert_eq!(module::document(&format!("module.exports={value}"), "x.js"), Ok(value));
    }
}
