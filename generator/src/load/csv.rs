//! Comma-separated values (RFC 4180), as spreadsheets write them.

/// A row: the line it begins on, counted from 1, and its cells, without the space around them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) cells: Vec<String>,
}

impl Row {
    /// A cell; nothing where the row is shorter.
    pub(crate) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// The rows of a text; `Err` is the line of a quote that is not closed.
pub(crate) fn rows(text: &str) -> Result<Vec<Row>, usize> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = Vec::new();
    let (mut row, mut cell, mut line) = (Row { line: 1, cells: Vec::new() }, String::new(), 1);
    // The line of the quote that is open.
    let mut open = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        line += usize::from(c == '\n');
        match (c, open) {
            ('"', Some(_)) if rest.peek() == Some(&'"') => cell.extend(rest.next()),
            ('"', Some(_)) => open = None,
            (c, Some(_)) => cell.push(c),
            ('"', None) if cell.trim().is_empty() => {
                cell.clear();
                open = Some(line);
            }
            (',', None) => row.end(&mut cell),
            ('\n', None) => {
                row.end(&mut cell);
                rows.push(std::mem::replace(&mut row, Row { line, cells: Vec::new() }));
            }
            (c, None) => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.cells.is_empty() {
        row.end(&mut cell);
        rows.push(row);
    }
    match open {
        Some(line) => Err(line),
        None => Ok(rows),
    }
}

impl Row {
    fn end(&mut self, cell: &mut String) {
        self.cells.push(std::mem::take(cell).trim().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::rows;

    fn cells(text: &str) -> Vec<Vec<String>> {
        rows(text).unwrap().into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn cells_may_hold_what_separates_them() {
        let text = "\u{feff}a, b ,\r\n\"one, two\",\"say \"\"x\"\"\",\"over\nlines\"\r\n\nlast";
        let expected: [&[&str]; 4] =
            [&["a", "b", ""], &["one, two", "say \"x\"", "over\nlines"], &[""], &["last"]];
        assert_eq!(cells(text), expected);
        let lines: Vec<usize> = rows(text).unwrap().iter().map(|row| row.line).collect();
        assert_eq!(lines, [1, 2, 4, 5]);
        assert_eq!(cells(""), Vec::<Vec<String>>::new());
        assert_eq!(rows("a\n").unwrap()[0].cell(7), "");
    }

    #[test]
    fn a_quote_that_is_not_closed_has_its_line() {
        assert_eq!(rows("a\nb,\"c\nd\n"), Err(2));
    }
}
