//! What is generated from two contracts, read back where the two are not the same.
//!
//! Nothing is printed: what is emitted is compared as tokens, and only items that differ are parsed.

use super::surface::{Exports, Pieces, Surface};
use super::tidy::Paths;
use super::{PARTS, aliases};
use crate::contract::Contract;
use crate::diagnostic::Diagnostics;
use crate::emit::{self, Source};
use crate::ir::Api;
use crate::lower;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{ScopedJoinHandle, scope};

/// What is read of the source of one crate.
#[derive(Debug)]
pub(super) struct Part {
    /// The public items that are not in the same file of the other side as they are, or whose types
    /// are called by a name that does not stand for the same there.
    pub(super) surface: Surface,
    pub(super) exports: Exports,
    files: Arc<Files>,
}

/// What is said of each file, and its items, by path.
type Files = BTreeMap<String, Vec<String>>;

impl Part {
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.files == other.files
    }

    fn read(
        api: &Api,
        part: &str,
        (paths, altered): (&Paths, &BTreeSet<String>),
        (tell, hear): (Sender<Arc<Files>>, Receiver<Arc<Files>>),
    ) -> Result<Self, String> {
        let sources = sources(api, part)?;
        let exports = if part == "types" { Exports::default() } else { Exports::of(&sources) };
        let pieces: Vec<Pieces> = sources.into_iter().map(Pieces::of).collect();
        let files: Files = pieces.iter().map(|file| (file.path.clone(), file.texts())).collect();
        let files = Arc::new(files);
        // Where one side fails, the other hears nothing, and goes on to its own end.
        let _ = tell.send(files.clone());
        let others = hear.recv().unwrap_or_default();
        let differing = pieces.into_iter().map(|file| match others.get(&file.path) {
            Some(texts) => file.without(texts, altered),
            None => file,
        });
        let surface = Surface::read(differing, paths)?;
        Ok(Self { surface, exports, files })
    }
}

/// Both contracts as what code is emitted from.
pub(super) fn lowered([old, new]: [&Contract; 2]) -> Result<[Api; 2], String> {
    let own = |contract: &Contract| {
        let told = |found: Diagnostics| format!("{} cannot be generated: {found}", contract.release);
        let mut api = lower::lower(contract, &contract.release, &mut Diagnostics::new()).map_err(told)?;
        // Not a difference between sources.
        api.release = String::new();
        api.digest = String::new();
        Ok::<_, String>(api)
    };
    let [old, new] = scope(|scope| {
        let other = scope.spawn(|| own(new));
        [own(old), joined(other)]
    });
    Ok([old?, new?])
}

/// Emits the crates of both sides, and reads those files that differ: a thread for each crate and
/// side, since tokens do not leave theirs.
pub(super) fn read(apis: [&Api; 2], moved: &BTreeMap<String, String>) -> Result<[[Part; 2]; 3], String> {
    let all = scope(|scope| {
        PARTS
            .map(|part| {
                let paths = paths(apis, part, moved);
                let altered = Arc::new(altered(&paths));
                let side = |api, paths: Paths, ends| {
                    let altered = altered.clone();
                    scope.spawn(move || Part::read(api, part, (&paths, &altered), ends))
                };
                let ((tell_new, hear_old), (tell_old, hear_new)) = (channel(), channel());
                let [old, new] = paths;
                [side(apis[0], old, (tell_new, hear_new)), side(apis[1], new, (tell_old, hear_old))]
            })
            .map(|sides| sides.map(joined))
    });
    let [types, client, server] = all;
    let whole = |[old, new]: [Result<Part, String>; 2]| Ok::<_, String>([old?, new?]);
    Ok([whole(types)?, whole(client)?, whole(server)?])
}

/// What names stand for in a crate, on each side: what has moved is called by its new name.
fn paths(apis: [&Api; 2], part: &str, moved: &BTreeMap<String, String>) -> [Paths; 2] {
    let library = apis[1].crates.library(part);
    let types = apis[1].crates.library("types");
    let whole = moved.iter().map(|(from, to)| (format!("{types}::{from}"), format!("{types}::{to}")));
    let side = |api: &Api, moved| Paths { library: library.clone(), aliases: aliases(api), moved };
    [side(apis[0], whole.collect()), side(apis[1], BTreeMap::new())]
}

/// The names of the aliases that do not stand for the same on both sides.
fn altered(paths: &[Paths; 2]) -> BTreeSet<String> {
    let all = paths.iter().flat_map(|side| side.aliases.keys());
    let differ = |alias: &&String| {
        let [old, new] = paths.each_ref().map(|side| side.whole(alias, "", &BTreeSet::new()).0);
        old != new
    };
    all.filter(differ).map(|alias| alias.rsplit("::").next().unwrap_or(alias).to_owned()).collect()
}

/// The files of a crate.
pub(super) fn sources(api: &Api, part: &str) -> Result<Vec<Source>, String> {
    Ok(match part {
        "types" => emit::types::sources(api),
        "client" => emit::client::sources(api),
        _ => emit::server::sources(api).map_err(|found| format!("a server cannot be generated: {found}"))?,
    })
}

fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
