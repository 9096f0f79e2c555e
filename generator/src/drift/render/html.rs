//! A report as one page that needs nothing else: what changed by construct and operation, with
//! filters, before and after, and what it does to Rust code.

use super::super::level::Level;
use super::super::report::{Change, Finding, Report, Touched};
use super::{cut, escaped};
use std::collections::BTreeSet;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// How many items of Rust are shown before the rest is only counted.
const ITEMS: usize = 12;

/// Every level, the worst first.
const LEVELS: [Level; 4] = [Level::Error, Level::Warning, Level::Info, Level::None];

impl Report {
    /// The report as a self-contained page.
    #[must_use]
    pub fn to_html(&self) -> String {
        let title = escaped(&self.title());
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>Drift {title}</title>\
             <style>{STYLE}</style></head><body>\n"
        );
        head(&mut page, self, &title);
        map(&mut page, self);
        filters(&mut page, self);
        page.push_str("<main>\n");
        if self.findings.is_empty() {
            page.push_str("<p class=\"empty\">Nothing changed.</p>\n");
        }
        let operations = self.operations();
        for (construct, findings) in self.by_construct() {
            group(&mut page, construct, &findings, &operations);
        }
        page.push_str(
            "<p id=\"nothing\" class=\"empty\" hidden>Nothing is left by the filters.</p>\n</main>\n",
        );
        // What is within a script is no markup; nothing in it may end it.
        let names = serde_json::to_string(&operations).unwrap_or_default().replace('<', "\\u003c");
        let _ = writeln!(page, "<script type=\"application/json\" id=\"operations\">{names}</script>");
        let _ = writeln!(page, "<script>{SCRIPT}</script></body></html>");
        page
    }

    /// Every operation that a finding reaches, sorted.
    fn operations(&self) -> Vec<&str> {
        let all = self.findings.iter().flat_map(|finding| &finding.operations.all);
        all.map(String::as_str).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// What changed where, to look at: a bar for each construct, as long as it has findings.
fn map(page: &mut String, report: &Report) {
    let mut groups = report.by_construct();
    groups.sort_by_key(|(_, findings)| std::cmp::Reverse(findings.len()));
    let most = groups.iter().map(|(_, findings)| findings.len()).max().unwrap_or(1);
    page.push_str("<section id=\"map\">\n");
    for (construct, findings) in &groups {
        let name = escaped(construct);
        let _ = write!(page, "<button data-jump=\"{name}\"><span>{name}</span><span class=\"bar\">");
        for level in LEVELS {
            let count = findings.iter().filter(|finding| finding.level == level).count();
            if count > 0 {
                let width = 100.0 * count as f64 / most as f64;
                let _ = write!(
                    page,
                    "<b class=\"{level}\" style=\"width:{width:.2}%\" title=\"{count} {level}\"></b>"
                );
            }
        }
        let _ = writeln!(page, "</span><small>{}</small></button>", findings.len());
    }
    page.push_str("</section>\n");
}

fn head(page: &mut String, report: &Report, title: &str) {
    let _ = write!(page, "<header><h1>{title}</h1><div class=\"tiles\">");
    for (name, level) in [("wire", report.verdict.wire), ("code", report.verdict.code)] {
        let _ = write!(page, "<div class=\"tile {level}\"><b>{level}</b><span>{name}</span></div>");
    }
    let source = if report.verdict.regenerated { "differs" } else { "same" };
    let _ = write!(page, "<div class=\"tile\"><b>{source}</b><span>generated source</span></div>");
    for own in &report.crates {
        let [gone, new, changed] = own.items;
        let bump = own.bump;
        let _ = write!(
            page,
            "<div class=\"tile {bump}\"><b>{bump}</b><span>{}</span><small>&minus;{gone} +{new} ~{changed} items</small></div>",
            escaped(&own.name)
        );
    }
    let operations = format!("{} &rarr; {} operations", report.old.operations, report.new.operations);
    let _ = writeln!(page, "</div><p class=\"sum\">{}; {operations}</p>", escaped(&report.counts()));
    for problem in &report.problems {
        let _ = writeln!(page, "<p class=\"problem\">{}</p>", escaped(problem));
    }
    for entry in &report.stale {
        let _ = writeln!(page, "<p class=\"problem\">{}</p>", escaped(&entry.to_string()));
    }
    page.push_str("</header>\n");
}

fn filters(page: &mut String, report: &Report) {
    page.push_str("<nav><input id=\"text\" type=\"search\" placeholder=\"operation, schema, member, Rust item\" aria-label=\"filter\">");
    for (name, id) in [("level", "level"), ("wire", "wire"), ("code", "code")] {
        let _ = write!(page, "<fieldset data-of=\"{id}\"><legend>{name}</legend>");
        for level in LEVELS {
            let _ = write!(
                page,
                "<label class=\"{level}\"><input type=\"checkbox\" checked value=\"{level}\">{level}</label>"
            );
        }
        page.push_str("</fieldset>");
    }
    let products: BTreeSet<&String> = report.findings.iter().flat_map(|finding| &finding.products).collect();
    if products.len() > 1 {
        page.push_str("<label>product <select id=\"product\"><option value=\"\">all</option>");
        for product in products {
            let product = escaped(product);
            let _ = write!(page, "<option>{product}</option>");
        }
        page.push_str("</select></label>");
    }
    page.push_str(
        "<label>by <select id=\"by\"><option>construct</option><option>operation</option><option>kind</option></select></label>\
         <button id=\"all\" type=\"button\">open all</button>",
    );
    page.push_str("<output id=\"count\"></output></nav>\n");
}

fn group(page: &mut String, construct: &str, findings: &[&Finding], operations: &[&str]) {
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or_default();
    let name = escaped(construct);
    let _ = writeln!(
        page,
        "<details class=\"group\" open data-name=\"{name}\"><summary><h2 class=\"{worst}\">{name} <small></small></h2></summary>"
    );
    for finding in findings {
        write_finding(page, finding, operations);
    }
    page.push_str("</details>\n");
}

fn write_finding(page: &mut String, finding: &Finding, operations: &[&str]) {
    let level = finding.level;
    let products: Vec<&str> = finding.products.iter().map(String::as_str).collect();
    let numbers = finding.operations.all.iter();
    let numbers = numbers.filter_map(|name| operations.binary_search(&name.as_str()).ok());
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    let done = if finding.accepted.is_some() { " accepted" } else { "" };
    let _ = write!(
        page,
        "<details class=\"finding {level}{done}\" data-level=\"{level}\" data-wire=\"{}\" data-code=\"{}\" data-product=\"{}\" data-operations=\"{}\" data-kind=\"{}\" data-construct=\"{}\">",
        finding.wire.level,
        finding.code.level,
        escaped(&products.join(" ")),
        numbers.join(" "),
        finding.id,
        escaped(if finding.construct.is_empty() { "the contract" } else { &finding.construct }),
    );
    let _ = write!(
        page,
        "<summary><i class=\"dot {level}\">{level}</i><span class=\"what\">{}{}</span><span class=\"where\">{}</span>\
         <span class=\"tags\"><em class=\"{w}\">wire {w}</em><em class=\"{c}\">code {c}</em></span></summary>\n<div class=\"body\">",
        marked(&finding.headline()),
        finding
            .values()
            .map(|told| format!(" <small>{}</small>", escaped(&cut(&told, 60))))
            .unwrap_or_default(),
        marked(&finding.place()),
        w = finding.wire.level,
        c = finding.code.level,
    );
    values(page, finding);
    facts(page, finding);
    rust(page, finding);
    page.push_str("</div></details>\n");
}

/// Text with what stands between backticks as code.
fn marked(text: &str) -> String {
    let pieces = escaped(text);
    let each = pieces.split('`').enumerate();
    each.map(
        |(number, piece)| if number % 2 == 1 { format!("<code>{piece}</code>") } else { piece.to_owned() },
    )
    .collect()
}

fn values(page: &mut String, finding: &Finding) {
    if finding.before.is_none() && finding.after.is_none() {
        return;
    }
    page.push_str("<table class=\"values\"><tr>");
    for (name, value) in [("before", &finding.before), ("after", &finding.after)] {
        let told =
            value.as_ref().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let told = told.map_or("&mdash;".to_owned(), |text| escaped(&text));
        let _ = write!(page, "<td class=\"{name}\"><span>{name}</span><code>{told}</code></td>");
    }
    page.push_str("</tr></table>");
}

fn facts(page: &mut String, finding: &Finding) {
    page.push_str("<dl>");
    let mut row = |name: &str, text: &str| {
        let _ = write!(page, "<dt>{name}</dt><dd>{}</dd>", escaped(text));
    };
    row("kind", finding.id.id());
    row("declared", &finding.declared[0]);
    if finding.declared[1] != finding.declared[0] {
        row("and", &finding.declared[1]);
    }
    let effects: Vec<String> = [("requests", finding.wire.request), ("responses", finding.wire.response)]
        .iter()
        .filter_map(|(name, effect)| {
            effect.map(|effect| format!("{name}: {}", format!("{effect:?}").to_lowercase()))
        })
        .collect();
    if !effects.is_empty() {
        row("values of", &effects.join(", "));
    }
    row("new clients, old servers", finding.wire.client_first.as_str());
    if finding.operations.count > 0 {
        let more = finding.operations.count - finding.operations.first.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        row("operations", &format!("{}{more}", finding.operations.first.join(", ")));
    }
    for why in &finding.why {
        row("because", why);
    }
    if let Some(reason) = &finding.accepted {
        row("accepted", reason);
    }
    page.push_str("</dl>");
}

fn rust(page: &mut String, finding: &Finding) {
    if finding.code.items.is_empty() {
        return;
    }
    page.push_str("<div class=\"rust\">");
    for item in finding.code.items.iter().take(ITEMS) {
        write_item(page, item);
    }
    let more = finding.code.items.len().saturating_sub(ITEMS);
    if more > 0 {
        let _ = write!(page, "<p>and {more} more items</p>");
    }
    page.push_str("</div>");
}

fn write_item(page: &mut String, item: &Touched) {
    let _ = write!(
        page,
        "<p><em class=\"{}\">{}</em> <code>{}</code></p>",
        item.level,
        item.change,
        escaped(&item.item)
    );
    let before = item.before.as_ref().filter(|_| item.change != Change::Added);
    let after = item.after.as_ref().filter(|_| item.change != Change::Removed);
    page.push_str("<pre>");
    for (class, sign, signature) in [("del", '-', before), ("ins", '+', after)] {
        if let Some(signature) = signature {
            let _ = write!(page, "<span class=\"{class}\">{sign} {}</span>", escaped(signature));
        }
    }
    page.push_str("</pre>");
}
