//! A page to read and try the API: Swagger UI, as the crate `utoipa-swagger-ui-vendored` carries it.
//!
//! Nothing is loaded from elsewhere, and the page's policy says so to the browser. The files are
//! sent as the archive holds them, compressed: their streams are framed as gzip, not inflated.

mod archive;

use crate::transport::Page;
use archive::{Archive, File};
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

/// Its files that the page needs: where in the archive, where here, media type.
const FILES: [(&str, &str, &str); 3] = [
    ("/dist/swagger-ui.css", "/docs/swagger-ui.css", "text/css"),
    ("/dist/swagger-ui-bundle.js", "/docs/swagger-ui-bundle.js", "text/javascript"),
    ("/dist/favicon-32x32.png", "/docs/favicon.png", "image/png"),
];

/// What starts it. `deepLinking` lets a link lead to an operation.
const START: &str = "window.onload = () => SwaggerUIBundle({
  url: 'openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null,
  docExpansion: 'none', filter: true, tryItOutEnabled: true, withCredentials: true,
  presets: [SwaggerUIBundle.presets.apis], layout: 'BaseLayout',
});
";

/// The page and its files, for an API of this title.
pub(crate) fn pages(title: &str) -> Vec<Page> {
    let archive = Archive(SWAGGER_UI_VENDORED);
    let files = FILES.iter().filter_map(|(name, path, media_type)| match archive.file(name) {
        Some(File::Plain(bytes)) => Some(Page::new(path, media_type, bytes)),
        Some(File::Gzip(bytes)) => Some(Page::new(path, media_type, bytes).gzip()),
        None => {
            tracing::error!(name, "the API reference lacks a file");
            None
        }
    });
    let mut pages: Vec<Page> = files.collect();
    pages.push(Page::new("/docs", "text/html; charset=utf-8", index(title)).closed());
    pages.push(Page::new("/docs/start.js", "text/javascript", START));
    pages
}

/// The addresses are relative, so that the page may be nested under any path.
fn index(title: &str) -> String {
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"docs/favicon.png\">\n\
         <link rel=\"stylesheet\" href=\"docs/swagger-ui.css\">\n</head>\n<body>\n\
         <div id=\"swagger-ui\"></div>\n<script src=\"docs/swagger-ui-bundle.js\"></script>\n\
         <script src=\"docs/start.js\"></script>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{FILES, index, pages};

    #[test]
    fn all_files_are_there_and_the_title_is_text() {
        assert_eq!(pages("x").len(), FILES.len() + 2);
        assert!(index("a <b> & c").contains("<title>a &lt;b> &amp; c</title>"));
    }
}
