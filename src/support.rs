//! What each target makes of each setting: one entry for a feature, with one cell for each target that could carry it.
//! A missing cell does not compile. The check of unsupported settings, `explain`, `migrate` and the page on targets all
//! read these entries.

mod features;

use std::fmt::Write;

use crate::upstream::versions::{self, MinorVersion};
use crate::value::Traffic as Api;

pub(crate) use features::Feature;

use Support::{Full, Partial, Since, Unsupported};

/// What becomes of a feature on a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Support {
    /// It does what was asked.
    Full,
    /// It does so from this version of Linkerd on, and nothing before.
    Since(MinorVersion),
    /// It does less: what is lost.
    Partial(&'static str),
    /// It would be ignored: why.
    Unsupported(&'static str),
}

/// The cells of a feature that the API of `cluster.traffic` carries.
struct Traffic {
    smi: Support,
    profile: Support,
    gateway_api: Support,
    istio: Support,
}

/// The cells of a feature of access control, which the mesh carries whatever API has the traffic.
struct Access {
    linkerd: Support,
    istio: Support,
}

/// The cells of a feature, by who carries it.
enum Cells {
    Traffic(Traffic),
    Access(Access),
}

/// A target, and what it makes of a feature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub(crate) target: &'static str,
    pub(crate) support: Support,
}

/// The APIs that `cluster.traffic` chooses from.
const APIS: [Api; 4] = [Api::Smi, Api::Profile, Api::GatewayApi, Api::Istio];

/// Linkerd's target for access control.
const LINKERD: &str = "linkerd";

impl Feature {
    /// What becomes of it where this API carries the traffic.
    pub(crate) fn on(self, api: Api) -> Answer {
        let (target, support) = match (self.cells(), api) {
            (Cells::Traffic(cells), Api::Smi) => (api.word(), cells.smi),
            (Cells::Traffic(cells), Api::Profile) => (api.word(), cells.profile),
            (Cells::Traffic(cells), Api::GatewayApi) => (api.word(), cells.gateway_api),
            (Cells::Traffic(cells), Api::Istio) => (api.word(), cells.istio),
            (Cells::Access(cells), Api::Smi | Api::Profile | Api::GatewayApi) => (LINKERD, cells.linkerd),
            (Cells::Access(cells), Api::Istio) => (api.word(), cells.istio),
        };
        Answer { target, support }
    }

    /// What to do about it where it is not supported: `action`, or one of the APIs that support it in full. Deprecated APIs
    /// are not proposed.
    pub(crate) fn help(self, action: &str) -> String {
        let apis = APIS.into_iter().filter(|api| !is_deprecated(*api) && self.is_full_with(*api));
        let apis: Vec<String> = apis.map(|api| format!("`traffic = \"{}\"`", api.word())).collect();
        match apis.as_slice() {
            [] => action.to_owned(),
            apis => format!("{action}, or choose {}", apis.join(" or ")),
        }
    }

    /// Whether this API carries it itself, and in full.
    fn is_full_with(self, api: Api) -> bool {
        let Answer { target, support } = self.on(api);
        match support {
            Full | Since(_) => target == api.word(),
            Partial(_) | Unsupported(_) => false,
        }
    }

    /// The answers of all targets that could carry it, each target once.
    fn answers(self) -> Vec<Answer> {
        let mut answers: Vec<Answer> = APIS.into_iter().map(|api| self.on(api)).collect();
        answers.dedup_by_key(|answer| answer.target);
        answers
    }
}

/// Whether upstream advises against an API. CNCF archived SMI in 2023; Linkerd will remove the extension (linkerd.io,
/// tasks/linkerd-smi).
fn is_deprecated(api: Api) -> bool {
    match api {
        Api::Smi => true,
        Api::Profile | Api::GatewayApi | Api::Istio => false,
    }
}

/// Which targets support a key of the language, as a sentence; `None` for keys that all support alike. The path of a key
/// has no names of models and the like.
pub(crate) fn honoured(path: &str) -> Option<String> {
    let keyed = Feature::ALL.iter().filter(|feature| !feature.key().is_empty() && path.ends_with(feature.key()));
    // A path can end in two keys, such as `.callers` and `routes.callers`; the longer one is meant.
    let feature = *keyed.max_by_key(|feature| feature.key().len())?;
    let sentences = feature.answers().into_iter().map(|Answer { target, support }| match support {
        Full => format!("`{target}` honours it"),
        Since(version) => format!("`{target}` honours it since Linkerd {version}"),
        Partial(loss) => format!("`{target}` cannot say it exactly ({loss})"),
        Unsupported(why) => format!("`{target}` cannot say it ({why})"),
    });
    Some(sentences.collect::<Vec<_>>().join("; "))
}

/// What becomes of each feature with each API, as a table in Markdown with numbered notes below it.
pub(crate) fn table() -> String {
    let names = APIS.map(|api| format!("`{}`", api.word()));
    let mut table = format!("| what | key | {} |\n|---|---|{}\n", names.join(" | "), "---|".repeat(names.len()));
    let mut notes = Notes::default();
    for feature in Feature::ALL {
        let cells = APIS.map(|api| notes.cell(api, feature.on(api).support));
        let key = feature.key().trim_start_matches('.');
        let key = if key.is_empty() { String::new() } else { format!("`{key}`") };
        let meaning = feature.meaning().trim_end_matches('.');
        writeln!(table, "| {meaning} | {key} | {} |", cells.join(" | ")).expect("a string takes everything");
    }
    table.push('\n');
    for (at, note) in notes.0.iter().enumerate() {
        writeln!(table, "{}. {note}", at + 1).expect("a string takes everything");
    }
    table
}

/// The notes below the table, each once.
#[derive(Default)]
struct Notes(Vec<&'static str>);

impl Notes {
    fn cell(&mut self, api: Api, support: Support) -> String {
        let oldest = match api {
            Api::Smi | Api::Profile | Api::GatewayApi => versions::LINKERD.oldest(),
            Api::Istio => versions::OLDEST_ISTIO.to_owned(),
        };
        match support {
            Full => oldest,
            Since(version) => format!("Linkerd {version}"),
            Partial(loss) => format!("{oldest}, less [{}]", self.number(loss)),
            Unsupported(why) => format!("no [{}]", self.number(why)),
        }
    }

    /// The number of a note, counted from 1.
    fn number(&mut self, text: &'static str) -> usize {
        let at = self.0.iter().position(|note| *note == text).unwrap_or_else(|| {
            self.0.push(text);
            self.0.len() - 1
        });
        at + 1
    }
}
