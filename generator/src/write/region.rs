//! The generated part of a file that is otherwise written by hand, between two lines of its own.

use crate::diagnostic::{Code, Diagnostic, Place};

/// The line before the region.
pub const BEGIN: &str = "# begin: cargo xtask regen";
/// The line behind it.
pub const END: &str = "# end: cargo xtask regen";

/// The text of a file with `region` between its two lines; `file` is what a finding calls it.
///
/// # Errors
/// A finding when the two lines are not both there, once each and in their order.
pub fn filled(file: &str, text: &str, region: &str) -> Result<String, Diagnostic> {
    let marks = |mark: &str| {
        let mut at = 0;
        let lines = text.split_inclusive('\n').map(|line| {
            at += line.len();
            (at - line.len(), at, line)
        });
        lines.filter(|(_, _, line)| line.trim_end() == mark).map(|(start, end, _)| (start, end)).collect()
    };
    let (begins, ends): (Vec<_>, Vec<_>) = (marks(BEGIN), marks(END));
    let ([(_, from)], [(to, _)]) = (&begins[..], &ends[..]) else { return Err(no_region(file)) };
    match (text.get(..*from), text.get(*to..)) {
        (Some(before), Some(after)) if from <= to => Ok(format!("{before}{region}{after}")),
        _ => Err(no_region(file)),
    }
}

fn no_region(file: &str) -> Diagnostic {
    let message = format!("the file has no place for its generated part: the lines `{BEGIN}` and `{END}`");
    let help = "put each of the two lines into the table of features, once and in this order; what is \
                between them is written by `cargo xtask regen`";
    Diagnostic::new(Code::NoRegion, Place::new(file, ""), message).help(help)
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, filled};

    #[test]
    fn only_what_is_between_the_lines_is_replaced() {
        let text = |inside: &str| format!("by hand\n{BEGIN}\n{inside}{END}\nby hand too");
        assert_eq!(filled("f", &text("old\nolder\n"), "new\n").unwrap(), text("new\n"));
        assert_eq!(filled("f", &text(""), "").unwrap(), text(""));
    }

    #[test]
    fn lines_that_are_missing_twice_or_in_disorder_are_refused() {
        for text in [
            String::new(),
            format!("{BEGIN}\n"),
            format!("{END}\n{BEGIN}\n"),
            format!("{BEGIN}\n{END}\n{END}\n"),
            format!("# {BEGIN}\n{END}\n"),
        ] {
            let found = filled("Cargo.toml", &text, "new\n").unwrap_err().to_string();
            assert!(found.contains("M0604") && found.contains("Cargo.toml"), "{found}");
        }
    }
}
