//! The npm package: from the registry of the user's npm configuration, or from its tarball.

use crate::net::{Credentials, Form, Hashes, Integrity, Net, Site, Wanted, shown, url};
use crate::npmrc::{Npmrc, Surroundings};
use crate::outcome::Failure;
use crate::source;
use anyhow::{Context, anyhow, bail, ensure};
use meshery_generator::contract::lock::Source;
use meshery_generator::fold::Dereferenced;
use meshery_generator::load::{self, Limits, sources::Sources};
use reqwest::Url;
use serde_json::Value;
use std::fs::File;
use std::io::{BufReader, Read, Seek};

/// Most bytes of what the registry says about a package, and of its tarball.
const MAX_BYTES: u64 = 64 << 20;
/// How many versions are named when the one that was asked for is not there.
const MAX_NAMED: usize = 10;

/// The documents of a package, and what pins them.
pub(super) struct Package {
    pub(super) contents: Dereferenced,
    pub(super) source: Source,
}

/// The package in the version (or with the tag) that was asked for, or in a tarball.
pub(super) fn get(asked: &str, sources: &Sources, net: &Net<'_>) -> Result<Package, Failure> {
    if asked.ends_with(".tgz") || asked.ends_with(".tar.gz") {
        let file = File::open(asked).with_context(|| format!("cannot read {asked}"))?;
        return unpacked(file, asked, None, sources);
    }
    let npmrc = Npmrc::load(&Surroundings::here());
    let registry = Registry::new(&npmrc, sources)?;
    let version = registry.version(asked, net)?;
    let file = registry.tarball(&version, net)?;
    let name = shown(&version.tarball);
    let package =
        unpacked(file, &name, version.commit, sources).inspect_err(|_| net.forget(&version.tarball))?;
    let found = &package.source.tag;
    if *found != format!("v{}", version.number) {
        let message =
            format!("the registry has it for {}, and the package says it is {found}", version.number);
        return Err(Failure::Load(anyhow!(message)));
    }
    Ok(package)
}

/// Reads a tarball whose integrity has been checked; findings call it `called`.
fn unpacked(
    mut file: File,
    called: &str,
    commit: Option<String>,
    sources: &Sources,
) -> Result<Package, Failure> {
    let integrity = Hashes::of(&file)?.integrity();
    file.rewind().context("the tarball cannot be read again")?;
    let mut contents =
        load::npm(BufReader::new(file), sources, &Limits::default()).map_err(|f| source::named(f, called))?;
    contents.commit = contents.commit.or(commit);
    let release = contents.release.clone().unwrap_or_default();
    let name = &sources.npm.package;
    let source = Source::npm(name, &release, contents.commit.clone(), integrity, &contents.files);
    Ok(Package { contents, source })
}

/// The registry that has the package.
struct Registry<'a> {
    site: Site<'a>,
    npmrc: &'a Npmrc,
    sources: &'a Sources,
}

/// A version of the package, as the registry has it.
struct Version {
    number: String,
    tarball: Url,
    integrity: Integrity,
    commit: Option<String>,
}

impl<'a> Registry<'a> {
    fn new(npmrc: &'a Npmrc, sources: &'a Sources) -> anyhow::Result<Self> {
        let configured = npmrc.registry(&sources.npm.package);
        let base = url(configured.unwrap_or(&sources.npm.registry), "write them into an .npmrc")
            .context("the registry that npm is configured for cannot be asked")?;
        let wiring = npmrc.wiring()?;
        let site = Site { base, redirects: &[], credentials: Credentials::Npm(npmrc), wiring };
        Ok(Self { site, npmrc, sources })
    }

    /// Asks for what the registry knows of a version or a tag.
    fn version(&self, asked: &str, net: &Net<'_>) -> Result<Version, Failure> {
        let package = &self.sources.npm.package;
        if !self.site.wiring.verify {
            net.talk.say("certificates are not verified: the npm configuration says strict-ssl=false");
        }
        let base = self.site.base.as_str().trim_end_matches('/');
        let address = Url::parse(&format!("{base}/{}", package.replace('/', "%2f")))
            .with_context(|| format!("the name `{package}` makes no URL"))?;
        let missing =
            format!("the registry has no {package}, or not for everyone; {}", self.site.advice(&address));
        let wanted = Wanted {
            url: address.clone(),
            form: Form::Json,
            max: MAX_BYTES,
            missing: &missing,
            integrity: None,
        };
        let mut text = String::new();
        let known = net.get(&self.site, &wanted)?.read_to_string(&mut text).map_err(anyhow::Error::new);
        let known = known.and_then(|_| Ok(serde_json::from_str::<Value>(&text)?));
        let known = known
            .inspect_err(|_| net.forget(&address))
            .with_context(|| format!("{} did not answer with JSON", shown(&address)))?;
        let number = chosen(&known, asked, package)?;
        let version = self.described(&number, &known["versions"][&number], net);
        version.with_context(|| format!("{package} {number} in the registry")).map_err(Failure::Load)
    }

    fn described(&self, number: &str, about: &Value, net: &Net<'_>) -> anyhow::Result<Version> {
        let dist = &about["dist"];
        let integrity = Integrity::published(dist["integrity"].as_str(), dist["shasum"].as_str())?;
        if integrity.is_weak() {
            net.talk.say("the registry publishes only SHA-1 for this version, which can be forged");
        }
        if let Some(why) = about["deprecated"].as_str() {
            net.talk.say(&format!("version {number} is deprecated: {}", why.escape_debug()));
        }
        let published = dist["tarball"].as_str().context("no `dist.tarball`")?;
        let is_commit = |hash: &&str| hash.len() == 40 && hash.bytes().all(|b| b.is_ascii_hexdigit());
        Ok(Version {
            number: number.to_owned(),
            tarball: self.address(published)?,
            integrity,
            commit: about["gitHead"].as_str().filter(is_commit).map(str::to_ascii_lowercase),
        })
    }

    /// Where the tarball is to be got from: as published, or from the configured registry where npm
    /// would ask that instead (`replace-registry-host`).
    fn address(&self, published: &str) -> anyhow::Result<Url> {
        let mut address = Url::parse(published).context("`dist.tarball` is not a URL")?;
        let base = &self.site.base;
        let usual = Url::parse(&self.sources.npm.registry).context("`npm.registry` of sources.toml")?;
        let replaced = match self.npmrc.text("replace-registry-host").unwrap_or("npmjs") {
            "never" => false,
            "always" => true,
            "npmjs" => address.host_str() == usual.host_str(),
            host => address.host_str() == Some(host),
        };
        let own = |address: &Url| (address.host_str(), address.port()) == (base.host_str(), base.port());
        if replaced && !own(&address) {
            let moved = format!("{}{}", base.as_str().trim_end_matches('/'), address.path());
            address = Url::parse(&moved).context("`dist.tarball` makes no URL of the registry")?;
        }
        if !own(&address) {
            bail!(
                "the tarball is at {}, which is not the registry; `replace-registry-host=always` in the npm \
                 configuration asks the registry for it",
                address.host_str().unwrap_or_default()
            );
        }
        // Registries behind a proxy may publish the scheme that they are reached by themselves.
        if address.scheme() != base.scheme() {
            let changed = address.set_scheme(base.scheme());
            ensure!(changed.is_ok(), "the tarball is neither at https nor on this machine");
        }
        url(address.as_str(), "a tarball needs none")
    }

    fn tarball(&self, version: &Version, net: &Net<'_>) -> anyhow::Result<File> {
        let wanted = Wanted {
            url: version.tarball.clone(),
            form: Form::Archive,
            max: MAX_BYTES,
            missing: "the registry names the tarball and does not have it",
            integrity: Some(&version.integrity),
        };
        net.get(&self.site, &wanted)
    }
}

/// The version that was asked for, by number or by tag.
fn chosen(known: &Value, asked: &str, package: &str) -> Result<String, Failure> {
    if known["name"].as_str() != Some(package) {
        let message = format!("the registry answered with something else than what it knows of {package}");
        return Err(Failure::Load(anyhow!(message)));
    }
    let plain = asked.strip_prefix('v').unwrap_or(asked);
    let tagged = known["dist-tags"][asked].as_str();
    let mut numbers = [Some(plain), tagged].into_iter().flatten();
    if let Some(number) = numbers.find(|number| known["versions"][*number].is_object()) {
        return Ok(number.to_owned());
    }
    let all = known["versions"].as_object().into_iter().flatten().map(|(number, _)| number);
    let mut all: Vec<_> = all.filter_map(|number| semver::Version::parse(number).ok()).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    let latest: Vec<_> = all.iter().take(MAX_NAMED).map(ToString::to_string).collect();
    let tags: Vec<_> =
        known["dist-tags"].as_object().into_iter().flatten().map(|(tag, _)| tag.as_str()).collect();
    Err(Failure::Usage(format!(
        "{package} has neither a version nor a tag `{asked}`; its latest versions are {}, its tags {}",
        latest.join(", "),
        tags.join(", ")
    )))
}
