//! Several releases in a row: a changelog, and a plot of what broke by release.

use super::super::level::Level;
use super::super::report::{Bump, Finding, Report};
use super::escaped;
use std::fmt::Write;

/// The reports from each release to the next.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// In the order of the releases.
    pub reports: Vec<Report>,
}

/// How many findings of a step the changelog names.
const MOST: usize = 40;

impl History {
    /// A changelog in Markdown, the newest release first. `plot` is the file of the plot, if there
    /// is one.
    #[must_use]
    pub fn to_markdown(&self, plot: Option<&str>) -> String {
        let mut text = "# What changed, release by release\n".to_owned();
        if let Some(plot) = plot {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n![breaks by release]({plot})");
        }
        let _ = writeln!(
            text,
            "\n| release | wire | code | types | client | server |\n|---|---|---|---|---|---|"
        );
        for report in self.reports.iter().rev() {
            let bumps: Vec<String> = report.crates.iter().map(|own| own.bump.to_string()).collect();
            let bumps = if bumps.is_empty() { vec![Bump::None.to_string(); 3] } else { bumps };
            let [wire, code] = breaks(report);
            let _ = writeln!(text, "| {} | {wire} | {code} | {} |", report.new.release, bumps.join(" | "));
        }
        for report in self.reports.iter().rev() {
            step(&mut text, report);
        }
        text
    }

    /// The plot: for each release, how many findings break somebody on the wire, and how many code.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let bars: Vec<(String, [usize; 2])> =
            self.reports.iter().map(|report| (report.new.release.clone(), breaks(report))).collect();
        plot(&bars)
    }
}

/// How many findings break who is on the wire, and how many who compiles.
fn breaks(report: &Report) -> [usize; 2] {
    let count =
        |of: fn(&Finding) -> Level| report.findings.iter().filter(|own| of(own) == Level::Error).count();
    [count(|finding| finding.wire.level), count(|finding| finding.code.level)]
}

fn step(text: &mut String, report: &Report) {
    let _ =
        writeln!(text, "\n## {}\n\nSince {}: {}.", report.new.release, report.old.release, report.counts());
    for (title, own) in [
        ("Breaks on the wire", (|finding| finding.wire.level == Level::Error) as fn(&Finding) -> bool),
        ("Breaks in code only", |finding| {
            finding.wire.level < Level::Error && finding.code.level == Level::Error
        }),
        ("New", |finding| finding.level < Level::Error && finding.id.id().ends_with("-added")),
    ] {
        let findings: Vec<&Finding> = report.findings.iter().filter(|finding| own(finding)).collect();
        if findings.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n### {title} ({})\n", findings.len());
        for finding in findings.iter().take(MOST) {
            let values =
                finding.values().map(|values| format!(": {}", super::cut(&values, 80))).unwrap_or_default();
            let line = format!("{}{values}", finding.headline())
                .replace('\n', " ")
                .replace('<', "&lt;")
                .replace('@', "&#64;");
            let _ = writeln!(text, "- {line}, at {}", finding.place());
        }
        if findings.len() > MOST {
            let _ = writeln!(text, "- and {} more", findings.len() - MOST);
        }
    }
}

const HEIGHT: usize = 220;
const TOP: usize = 46;
const SLOT: usize = 96;
const LEFT: usize = 44;
const COLOURS: [&str; 2] = ["#c62828", "#1667b7"];

fn plot(bars: &[(String, [usize; 2])]) -> String {
    let most = bars.iter().flat_map(|(_, counts)| counts).copied().max().unwrap_or(0).max(1);
    let width = (LEFT + SLOT * bars.len() + 20).max(320);
    let floor = TOP + HEIGHT;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {}\" width=\"{width}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Findings that break somebody, by release</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        floor + 40
    );
    for (number, name) in ["breaks on the wire", "breaks code"].iter().enumerate() {
        let x = LEFT + 150 * number;
        let colour = COLOURS[number];
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"12\" width=\"12\" height=\"12\" fill=\"{colour}\"/><text x=\"{}\" y=\"22\">{name}</text>",
            x + 18
        );
    }
    for quarter in 0..=4 {
        let (value, y) = (most * quarter / 4, floor - HEIGHT * quarter / 4);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{width}\" y1=\"{y}\" y2=\"{y}\" stroke=\"#e3e5e8\"/><text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"#667078\">{value}</text>",
            LEFT - 6,
            y + 4
        );
    }
    for (number, (release, counts)) in bars.iter().enumerate() {
        let start = LEFT + SLOT * number + 18;
        for (which, count) in counts.iter().enumerate() {
            let height = HEIGHT * count / most;
            let (x, y) = (start + 32 * which, floor - height);
            let colour = COLOURS[which];
            let _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"28\" height=\"{height}\" fill=\"{colour}\"><title>{count}</title></rect><text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{count}</text>",
                x + 14,
                y - 4
            );
        }
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            start + 30,
            floor + 18,
            escaped(release)
        );
    }
    svg.push_str("</svg>\n");
    svg
}
