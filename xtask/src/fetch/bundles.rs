//! Product bundles: files or URLs, each of a product or of all of them.

use crate::net::{Credentials, Form, Net, Site, Wanted, Wiring, shown, url};
use crate::outcome::Failure;
use anyhow::Context;
use meshery_generator::contract::lock;
use meshery_generator::fold::{Dereferenced, Placed};
use meshery_generator::load::{self, Limits, sources::Sources};
use reqwest::Url;
use std::fs::File;
use std::io::BufReader;

/// Most bytes of a bundle as it is sent: several times what the merge of all has.
const MAX_BYTES: u64 = 64 << 20;
/// What the merge of all products is called.
const MERGED: &str = "merged";

/// The documents of bundles, and what pins each.
pub(super) struct Bundles {
    pub(super) contents: Dereferenced,
    pub(super) locked: Vec<lock::Bundle>,
}

/// The bundles at `[PRODUCT=]FILE_OR_URL`.
pub(super) fn get(asked: &[String], sources: &Sources, net: &Net<'_>) -> Result<Bundles, Failure> {
    let (mut read, mut locked) = (Vec::new(), Vec::<lock::Bundle>::new());
    for asked in asked {
        let (place, location) = placed(asked, sources)?;
        let address = match location.contains("://") {
            true => Some(
                url(location, "set GITHUB_TOKEN for a token")
                    .map_err(|error| Failure::Usage(format!("{error:#}")))?,
            ),
            false => None,
        };
        let (name, file) = match &address {
            Some(address) => (shown(address), download(address, sources, net)?),
            None => {
                let file = File::open(location).with_context(|| format!("cannot read {location}"))?;
                (location.to_owned(), file)
            }
        };
        let bundle = load::bundle(&name, BufReader::new(file), place, sources, &Limits::default());
        let bundle = bundle.map_err(Failure::Unloadable).inspect_err(|_| {
            address.iter().for_each(|address| net.forget(address));
        })?;
        let of = match &bundle.piece.place {
            Placed::Product(product) => product.clone(),
            Placed::Merged | Placed::Construct { .. } => MERGED.to_owned(),
        };
        if locked.iter().any(|other| other.of == of) {
            return Err(Failure::Usage(format!("{name} is a second bundle of `{of}`; one is expected")));
        }
        locked.push(lock::Bundle { of, url: address.as_ref().map(shown), sha256: bundle.sha256.clone() });
        read.push(bundle);
    }
    Ok(Bundles { contents: load::bundled(read), locked })
}

/// What a bundle is said to be of, and where it is.
fn placed<'a>(asked: &'a str, sources: &Sources) -> Result<(Option<Placed>, &'a str), Failure> {
    let Some((name, location)) = asked.split_once('=') else { return Ok((None, asked)) };
    if name == MERGED {
        return Ok((Some(Placed::Merged), location));
    }
    if sources.product(name).is_some() {
        return Ok((Some(Placed::Product(name.to_owned())), location));
    }
    // A path or a URL may hold the sign, too.
    if name.contains(['/', '\\', '.', ':']) {
        return Ok((None, asked));
    }
    let known: Vec<_> = sources.products.iter().map(|product| product.name.as_str()).collect();
    Err(Failure::Usage(format!("`{name}` is no product; there are {MERGED}, {}", known.join(", "))))
}

fn download(address: &Url, sources: &Sources, net: &Net<'_>) -> anyhow::Result<File> {
    let facts = &sources.bundles;
    let token = std::env::var("GITHUB_TOKEN").ok();
    let host = address.host_str().unwrap_or_default();
    let credentials = if facts.token_hosts.iter().any(|known| known == host) {
        Credentials::token(token.as_deref())?
    } else {
        Credentials::Nothing
    };
    let (base, redirects) = (address.clone(), facts.redirects.as_slice());
    let site = Site { base, redirects, credentials, wiring: Wiring::default() };
    let wanted = Wanted {
        url: address.clone(),
        form: Form::Document,
        max: MAX_BYTES,
        missing: "there is no such file",
        integrity: None,
    };
    net.get(&site, &wanted)
}
