//! The filters, alike wherever rows are listed.

use std::collections::BTreeSet;

use clap::Args;
use trailspan::catalogue::Catalogue;
use trailspan::error::{Error, ErrorKind, Result};
use trailspan::query::{Filter, Network};
use trailspan::search;
use trailspan::search::time::Frame;
use trailspan::text::Text;

/// Which accounts and regions are asked about.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Places {
    /// Only this account
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) account: Vec<String>,
    /// Only this region
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub(crate) region: Vec<String>,
}

/// What narrows rows.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// Only this relation, by name or short form: eni, eip, igw, classic-link, vgw, nat, …
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<String>,
    #[command(flatten)]
    places: Places,
    /// From this time on: a date, a week (2024-W10), a time with or without zone, or `7d`: so long
    /// before the newest event of the archive
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only by this actor: part of a name, ARN, access key or source identity
    #[arg(long, value_name = "NAME")]
    actor: Vec<String>,
    /// Only from this address or network
    #[arg(long, value_name = "CIDR", value_delimiter = ',')]
    source_ip: Vec<String>,
    /// Only by this call, such as TerminateInstances
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    event: Vec<String>,
    /// At most this many rows
    #[arg(long, value_name = "ROWS", value_parser = rows)]
    limit: Option<u64>,
}

impl Filters {
    /// Reads the filters.
    pub(crate) fn read(&self, catalogue: &Catalogue, frame: &Frame) -> Result<Filter> {
        for kind in &self.kind {
            check_kind(catalogue, kind)?;
        }
        for name in &self.event {
            check_event(catalogue, name)?;
        }
        check_accounts(&self.places.account)?;
        let instant = |option: &str, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => {
                let read = search::time::instant(text, frame);
                read.map(Some).map_err(|error| error.into_error(option))
            }
        };
        let since = instant("--since", &self.since)?;
        let until = instant("--until", &self.until)?;
        if let (Some(since), Some(until)) = (since, until)
            && since >= until
        {
            let what = format!("no time lies from {since} on and before {until}");
            return Err(Error::new(ErrorKind::Usage, "--since and --until", what)
                .hint("--until is exclusive: the whole of a day ends before the next day"));
        }
        Ok(Filter {
            kinds: self.kind.clone(),
            accounts: self.places.account.clone(),
            regions: self.places.region.clone(),
            since,
            until,
            actors: self.actor.clone(),
            source_networks: self
                .source_ip
                .iter()
                .map(|text| network(text))
                .collect::<Result<_>>()?,
            events: self.event.clone(),
            limit: self.limit(),
        })
    }

    /// Lists what narrows, as it was asked for, times as they were understood; but for the number of rows.
    pub(crate) fn described(&self, filter: &Filter) -> Vec<(String, Text)> {
        let lists = [
            ("--kind", &self.kind),
            ("--account", &self.places.account),
            ("--region", &self.places.region),
            ("--actor", &self.actor),
            ("--source-ip", &self.source_ip),
            ("--event", &self.event),
        ];
        let lists = lists
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(name, values)| (name.to_owned(), Text::from(values.join(", "))));
        let times = [("--since", filter.since), ("--until", filter.until)];
        let times = times
            .into_iter()
            .filter_map(|(name, time)| Some((name.to_owned(), Text::from(time?.to_string()))));
        lists.chain(times).collect()
    }

    /// Reads the filters of a question about instants, for which a period has no meaning.
    pub(crate) fn read_at(
        &self,
        command: &str,
        catalogue: &Catalogue,
        frame: &Frame,
    ) -> Result<Filter> {
        for (option, text) in [("--since", &self.since), ("--until", &self.until)] {
            if text.is_some() {
                let what = format!("`{command}` asks about instants, not about a period");
                let hint =
                    "`trailspan timeline --since TIME --until TIME` tells what held in a period";
                return Err(Error::new(ErrorKind::Usage, option, what).hint(hint));
            }
        }
        self.read(catalogue, frame)
    }

    /// Returns the limit.
    pub(crate) fn limit(&self) -> Option<usize> {
        // More than can be counted is no limit.
        self.limit
            .map(|rows| usize::try_from(rows).unwrap_or(usize::MAX))
    }
}

/// Reads a number of rows.
fn rows(text: &str) -> std::result::Result<u64, String> {
    match text.parse() {
        Ok(0) => Err(
            "no row would be told; give 1 or more, or leave --limit out for all rows".to_owned(),
        ),
        Ok(rows) => Ok(rows),
        Err(_) => Err("not a number of rows; give 1 or more, such as 50".to_owned()),
    }
}

fn check_kind(catalogue: &Catalogue, kind: &str) -> Result<()> {
    match unknown_kind(catalogue, kind) {
        None => Ok(()),
        Some(hint) => {
            let subject = format!("--kind {kind}");
            Err(Error::new(ErrorKind::Usage, subject, NO_KIND).hint(hint))
        }
    }
}

/// Refuses what is no account id: it could only match nothing.
pub(crate) fn check_accounts(accounts: &[String]) -> Result<()> {
    let is_id = |id: &String| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    match accounts.iter().find(|id| !is_id(id)) {
        None => Ok(()),
        Some(id) => Err(
            Error::new(ErrorKind::Usage, format!("--account {id}"), "no account id")
                .hint("an account id has 12 digits, such as 111122223333"),
        ),
    }
}

fn check_event(catalogue: &Catalogue, name: &str) -> Result<()> {
    match unknown_event(catalogue, name) {
        None => Ok(()),
        Some(hint) => {
            let subject = format!("--event {name}");
            Err(Error::new(ErrorKind::Usage, subject, NO_EVENT).hint(hint))
        }
    }
}

/// What is said of a kind that the catalogue does not have.
pub(crate) const NO_KIND: &str = "no such relation";

/// What is said of an event that the catalogue does not have.
pub(crate) const NO_EVENT: &str = "no such call in the catalogue";

/// Returns what helps where the catalogue has no relation of this name or short form.
pub(crate) fn unknown_kind(catalogue: &Catalogue, kind: &str) -> Option<String> {
    let known = catalogue
        .relations()
        .flat_map(|(_, relation)| [relation.name.as_str(), relation.short.as_str()]);
    catalogue.kinds(kind).is_empty().then(|| {
        let shorts = catalogue
            .relations()
            .map(|(_, relation)| relation.short.as_str());
        let shorts: BTreeSet<&str> = shorts.collect();
        let shorts: Vec<&str> = shorts.into_iter().collect();
        nearest_or(kind, known, &format!("the kinds are {}", shorts.join(", ")))
    })
}

/// Returns what helps where the catalogue has no call of this name; case does not matter.
pub(crate) fn unknown_event(catalogue: &Catalogue, name: &str) -> Option<String> {
    let known: Vec<&str> = catalogue.events().map(|(known, _)| known).collect();
    let is_known = known.iter().any(|known| known.eq_ignore_ascii_case(name));
    (!is_known).then(|| nearest_or(name, known, "`trailspan explain` lists the calls"))
}

fn nearest_or<'k>(
    typed: &str,
    known: impl IntoIterator<Item = &'k str>,
    otherwise: &str,
) -> String {
    match search::nearest(typed, known) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => otherwise.to_owned(),
    }
}

fn network(text: &str) -> Result<Network> {
    Network::parse(text).ok_or_else(|| {
        Error::new(
            ErrorKind::Usage,
            format!("--source-ip {text}"),
            "neither an address nor a network",
        )
        .hint("write 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32")
    })
}
