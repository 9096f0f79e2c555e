//! What a server is to be: by options, environment, file and default, in that order.

mod resolved;

use anyhow::{Context, Result};
use clap::ValueEnum;
pub(super) use resolved::*;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Settings as they are given: nothing here has a default.
#[derive(clap::Args, Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct Settings {
    /// Who answers.
    #[arg(long, env = "MESHERYD_PROVIDER", value_name = "KIND")]
    provider: Option<Kind>,
    /// Whose operations are answered.
    #[arg(long, env = "MESHERYD_PRODUCT", value_name = "NAME")]
    product: Option<Product>,
    /// Where to listen: 127.0.0.1:9081 unless given.
    #[arg(long, env = "MESHERYD_LISTEN", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Where the local provider keeps things: `sqlite:FILE` or `postgres://...`; SQLite in the user's data
    /// folder unless given.
    #[arg(long, env = "MESHERYD_STORE", hide_env_values = true, value_name = "URL")]
    store: Option<String>,
    /// The server that a remote provider passes requests on to.
    #[arg(long, env = "MESHERYD_UPSTREAM", value_name = "URL")]
    upstream: Option<String>,
    /// What the provider of tokens is called.
    #[arg(long, env = "MESHERYD_PROVIDER_NAME", value_name = "NAME")]
    provider_name: Option<String>,
    /// Where the remote provider has its keys and its login, if not upstream. With the local provider:
    /// whose users are let in, in place of everybody as one user.
    #[arg(long, env = "MESHERYD_PROVIDER_URL", value_name = "URL")]
    provider_url: Option<String>,
    /// Who says whether a token counts: this server by the provider's keys, or upstream.
    #[arg(long, env = "MESHERYD_TRUST", value_name = "WHO")]
    trust: Option<Trust>,
    /// An audience that tokens are for; may be repeated.
    #[arg(long, env = "MESHERYD_AUDIENCE", value_delimiter = ',', value_name = "NAME")]
    audience: Vec<String>,
    /// An issuer that tokens are of; may be repeated.
    #[arg(long, env = "MESHERYD_ISSUER", value_delimiter = ',', value_name = "NAME")]
    issuer: Vec<String>,
    /// An algorithm that tokens may be signed with; RS256 unless given.
    #[arg(long, env = "MESHERYD_ALGORITHM", value_delimiter = ',', value_name = "NAME")]
    algorithm: Vec<String>,
    /// How far clocks may differ, in seconds: 30 unless given.
    #[arg(long, env = "MESHERYD_LEEWAY", value_name = "SECONDS")]
    leeway: Option<u64>,
    /// Take tokens that do not expire.
    #[arg(long, env = "MESHERYD_ALLOW_WITHOUT_EXPIRY", num_args = 0..=1, default_missing_value = "true")]
    allow_without_expiry: Option<bool>,
    /// Ask the provider about each token, and remember its answer for so many seconds.
    #[arg(long, env = "MESHERYD_INTROSPECT", value_name = "SECONDS")]
    introspect: Option<u64>,
    /// Have the provider refresh the logins of browsers.
    #[arg(long, env = "MESHERYD_REFRESH", num_args = 0..=1, default_missing_value = "true")]
    refresh: Option<bool>,
    /// Refuse answers of upstream that break the contract.
    #[arg(long, env = "MESHERYD_STRICT", num_args = 0..=1, default_missing_value = "true")]
    strict: Option<bool>,
    /// What callers may do: all that upstream lets them, or what their permission keys say.
    #[arg(long, env = "MESHERYD_PERMISSIONS", value_name = "BY")]
    permissions: Option<Permissions>,
    /// The organization whose keys count where a request names none.
    #[arg(long, env = "MESHERYD_ORGANIZATION", value_name = "ID")]
    organization: Option<Uuid>,
    /// An operation that needs no key; may be repeated.
    #[arg(long, env = "MESHERYD_ALLOW", value_delimiter = ',', value_name = "OPERATION")]
    allow: Vec<String>,
    /// What this server calls itself upstream (`SystemID`); a new id for each start unless given.
    #[arg(long, env = "MESHERYD_SYSTEM_ID", value_name = "ID")]
    system_id: Option<Uuid>,
    /// The certificate chain of this server, in PEM.
    #[arg(long, env = "MESHERYD_TLS_CERT", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// Its key, in PEM.
    #[arg(long, env = "MESHERYD_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// The URL that browsers know this server by.
    #[arg(long, env = "MESHERYD_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// A name that this server goes by where it asks nobody for a token, beside `localhost`, its
    /// addresses and the host of --public-url; may be repeated.
    #[arg(long, env = "MESHERYD_ALLOW_HOST", value_delimiter = ',', value_name = "NAME")]
    allow_host: Vec<String>,
    /// How long requests in progress may take when the server stops, in seconds: 30 unless given.
    #[arg(long, env = "MESHERYD_DRAIN", value_name = "SECONDS")]
    drain: Option<u64>,
    /// Let everybody in from everywhere.
    #[arg(long, num_args = 0..=1, default_missing_value = "true")]
    i_know_this_is_insecure: Option<bool>,
}

/// Who answers.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// This server, by itself (the default).
    #[default]
    Local,
    /// Another server.
    Remote,
}

/// Whose operations are answered.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Product {
    /// Meshery Server (the default).
    #[default]
    Meshery,
    /// Meshery Cloud.
    Cloud,
}

/// Who says whether a token counts.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Trust {
    /// This server, by the keys of the provider (the default).
    #[default]
    Keys,
    /// The server that requests are passed on to.
    Upstream,
}

/// What callers may do.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Permissions {
    /// All that upstream lets them (the default).
    #[default]
    All,
    /// What the permission keys say that they hold.
    Keys,
}

impl Settings {
    /// The settings in a file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} holds no settings", path.display()))
    }

    /// These, and where they say nothing, those.
    pub(super) fn over(self, those: Self) -> Result<Self> {
        let object = |settings: Self| match serde_json::to_value(settings) {
            Ok(serde_json::Value::Object(members)) => members,
            _ => serde_json::Map::new(),
        };
        let mut all = object(those);
        let said = object(self)
            .into_iter()
            .filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
        all.extend(said);
        Ok(serde_json::from_value(serde_json::Value::Object(all))?)
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Meshery => "Meshery Server",
            Self::Cloud => "Meshery Cloud",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Resolved, Settings};

    fn settings(toml: &str) -> Settings {
        toml::from_str(toml).unwrap()
    }

    #[test]
    fn what_is_said_goes_before_the_file_and_that_before_defaults() {
        let file =
            settings("provider = 'remote'\nupstream = 'https://a.test'\naudience = ['a']\nstrict = true");
        let said = settings("upstream = 'https://b.test'\nstrict = false");
        let resolved = Resolved::new(said.over(file).unwrap()).unwrap();
        let (remote, tokens) = (resolved.remote.as_ref().unwrap(), resolved.tokens.as_ref().unwrap());
        let checks = tokens.checks.as_ref().unwrap();
        assert_eq!(resolved.provider, Kind::Remote);
        assert_eq!(
            (remote.upstream.as_str(), checks.provider_url.as_str()),
            ("https://b.test", "https://b.test")
        );
        assert_eq!((checks.audience.len(), remote.strict, checks.leeway), (1, false, 30));
        assert_eq!(resolved.listen.to_string(), "127.0.0.1:9081");
        let printed = resolved.to_toml().unwrap();
        let again = Resolved::new(settings(&printed)).unwrap();
        assert_eq!(again.to_toml().unwrap(), printed, "what is printed can be read");
        for toml in [
            "",
            "allow-host = ['a.test']",
            "provider-url = 'https://a.test'",
            "provider = 'remote'\nupstream = 'https://a.test'\ntrust = 'upstream'",
        ] {
            let printed = Resolved::new(settings(toml)).unwrap().to_toml().unwrap();
            let again = Resolved::new(settings(&printed)).unwrap().to_toml().unwrap();
            assert_eq!(again, printed, "what is printed can be read");
        }
    }

    #[test]
    fn the_password_of_a_database_is_not_shown() {
        let resolved = Resolved::new(settings("store = 'postgres://me:hunter2@db.test/meshery'")).unwrap();
        let shown = format!("{} {}", resolved.to_toml().unwrap(), resolved.described());
        assert!(shown.contains("postgres://me:...@db.test/meshery") && !shown.contains("hunter2"), "{shown}");
        for store in
            ["postgres://db.test/m?user=me&password=hunter2", "postgres://db.test:x/m?password=hunter2"]
        {
            let resolved = Resolved::new(settings(&format!("store = '{store}'"))).unwrap();
            let shown = format!("{} {}", resolved.to_toml().unwrap(), resolved.described());
            assert!(shown.contains("postgres://db.test") && !shown.contains("hunter2"), "{shown}");
        }
        let file = Resolved::new(settings("store = 'sqlite:/a b/c.db'")).unwrap();
        assert!(file.described().ends_with("kept in sqlite:/a b/c.db"), "{}", file.described());
    }

    /// Whoever says one of these wants fewer to be let in, or less to be done, than without.
    #[test]
    fn what_would_not_count_is_refused_and_not_ignored() {
        let ignored = |toml: &str, option: &str| {
            let fault =
                Resolved::new(settings(&format!("{toml}\n{option}"))).map(|_| ()).unwrap_err().to_string();
            let name = option.split(' ').next().unwrap();
            assert!(fault.contains(&format!("--{name} ")), "{option}: {fault}");
        };
        let id = "'0193c7a0-0000-7000-8000-000000000001'";
        for local in ["", "provider-url = 'https://a.test'"] {
            ignored(local, "permissions = 'keys'");
            ignored(local, "allow = ['getOrg']");
            ignored(local, &format!("organization = {id}"));
            ignored(local, "strict = true");
            ignored(local, "upstream = 'https://a.test'");
            ignored(local, &format!("system-id = {id}"));
        }
        for of_tokens in [
            "audience = ['a']",
            "issuer = ['a']",
            "algorithm = ['RS256']",
            "leeway = 30",
            "allow-without-expiry = true",
            "introspect = 30",
            "refresh = true",
        ] {
            ignored("", of_tokens);
            ignored("provider = 'remote'\nupstream = 'https://a.test'\ntrust = 'upstream'", of_tokens);
        }
        ignored("", "provider-name = 'a'");
        ignored("", "trust = 'keys'");
        let upstream = "provider = 'remote'\nupstream = 'https://a.test'\ntrust = 'upstream'";
        ignored(upstream, "provider-url = 'https://a.test'");
    }

    #[test]
    fn what_cannot_be_is_said() {
        let fault = |toml: &str| Resolved::new(settings(toml)).unwrap_err().to_string();
        assert_eq!(fault("provider = 'remote'"), "a remote provider needs --upstream URL");
        assert_eq!(fault("tls-cert = 'a.pem'"), "--tls-cert and --tls-key go together");
        assert!(fault("product = 'cloud'").contains("Meshery Server only"));
        assert!(fault("audience = ['a']").contains("needs --provider-url"));
        assert!(fault("provider-url = 'https://a.test'\ntrust = 'upstream'").contains("asks nobody"));
        let remote = "provider = 'remote'\nupstream = 'https://a.test'\n";
        let with = |more: &str| fault(&format!("{remote}{more}"));
        assert_eq!(with("allow = ['getOrg']"), "--organization and --allow are for --permissions keys");
        let keys = "permissions = 'keys'\n";
        assert!(with(&format!("{keys}allow = ['getOgr']")).contains("getOgr: there is no such operation"));
        assert!(with(&format!("{keys}product = 'cloud'")).contains("Meshery Server only"));
        assert!(with("allow-host = ['a']").contains("asks nobody for a token"));
        assert!(
            fault("provider-url = 'https://a.test'\nallow-host = ['a']").contains("asks nobody for a token")
        );
        assert!(toml::from_str::<Settings>("upstraem = 'x'").unwrap_err().to_string().contains("upstraem"));
    }
}
