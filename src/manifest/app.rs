//! `[models.NAME]`, `[services.NAME]`, `[jobs.NAME]`, `[identities.NAME]`: who is there.

use schemars::JsonSchema;

use crate::diagnostic::{Report, nearest};
use crate::manifest::port::Port;
use crate::manifest::rate::{CircuitBreaker, RateLimit};
use crate::manifest::read::{read_table, read_table_of_kind};
use crate::manifest::retry::RetryBudget;
use crate::manifest::route::Route;
use crate::manifest::table::{Fields, table};
use crate::manifest::variant::{Mirror, Variant};
use crate::manifest::workload::{Pod, Scale};
use crate::spanned::Spanned;
use crate::syntax::{Table, Value};
use crate::upstream::kubernetes;
use crate::value::read::{Read, as_table, integer};
use crate::value::{CronPolicy, Duration, Host, Named, Network, PortNumber, PortNumbers, Protocol, Rate, Schedule, TimeZone};

/// The version of a model that names none.
pub(crate) const SINGLE_VERSION: &str = "v1";

table! {
    /// A caller that this file does not deploy.
    pub(crate) struct Identity {
        /// Its namespace; without a service account: everyone in it.
        optional namespace: Spanned<String>,
        /// Its service account in that namespace.
        optional service_account: Spanned<String>,
        /// Its trust domain, if it is not this cluster's.
        optional trust_domain: Spanned<String>,
        /// `false`: it has no proxy, and so no identity; `networks` says where it is.
        optional meshed: Spanned<bool> = true,
        /// Where a caller without an identity is, each as a CIDR.
        optional networks: Spanned<Vec<Spanned<Network>>>,
    }

    /// What a model or a service offers to its callers.
    pub(crate) struct Endpoint {
        /// Its namespace, one of `namespaces`.
        required namespace: Spanned<String>,
        /// The main port; `{ service = 80, container = 8080 }` where the Service offers another number.
        required port: Spanned<PortNumbers>,
        /// What is spoken on the main port.
        optional protocol: Spanned<Protocol> = Protocol::Detect,
        /// Who may call the main port; everyone else is denied. `[]` is nobody.
        #[default = "whom the namespace's `inbound` admits"]
        optional callers: Spanned<Vec<Spanned<String>>>,
        /// Whom it calls, each as `NAME.ROUTE`, `NAME.PORT` or `NAME`.
        optional calls: Spanned<Vec<Spanned<String>>>,
        /// How often its own client libraries try a failed call again, besides what the mesh does.
        #[implied = 0_u32]
        optional client_retries: Spanned<u32>,
        /// How many requests a second it gets when it is busiest.
        optional load: Spanned<Rate>,
        /// Further ports, each under a name.
        many ports: Named<Port>,
        /// The requests that it takes on its main port.
        many routes: Named<Route>,
        /// The share of requests that retries may add.
        optional retry_budget: Spanned<RetryBudget>,
        /// When a pod that keeps failing gets no requests for a while.
        optional circuit_breaker: Spanned<CircuitBreaker>,
        /// How many requests a second each pod takes on the main port; of more, the rest is answered with 429.
        optional rate_limit: Spanned<RateLimit>,
    }

    /// A model that is served.
    pub(crate) struct Model {
        /// Where it is, what it offers, and whom it calls.
        flatten endpoint: Endpoint,
        /// The versions; each says what differs from the model. A model with an `image` and no versions is one, `v1`.
        many versions: Named<Version>,
        /// How requests are split: whole percent for each version, 100 together.
        optional split: Spanned<Split>,
        /// The version that takes the requests of callers that know no split.
        optional stable: Spanned<String>,
        /// A split that moves step by step, in place of `split` and `stable`.
        optional rollout: Spanned<Rollout>,
        /// Requests that go to one version, whatever the split says, by a header of theirs.
        many variants: Named<Variant>,
        /// A version that gets copies of requests, whose answers nobody sees.
        optional mirror: Spanned<Mirror>,
        /// What every version holds from the model.
        flatten pod: Pod,
        /// What every version holds from the model.
        flatten scale: Scale,
    }

    /// A version of a model: what differs from the model.
    pub(crate) struct Version {
        /// What its pods set.
        flatten pod: Pod,
        /// How it is scaled and probed.
        flatten scale: Scale,
    }

    /// A service that is no model, deployed here.
    pub(crate) struct DeployedService {
        /// Where it is, what it offers, and whom it calls.
        flatten endpoint: Endpoint,
        /// What its pods set.
        flatten pod: Pod,
        /// How it is scaled and probed.
        flatten scale: Scale,
    }

    /// A service outside of the cluster.
    pub(crate) struct OutsideService {
        /// Its DNS name; `*.example.com` is every name below.
        required host: Spanned<Host>,
        /// The port that it is called on.
        required port: Spanned<PortNumber>,
        /// What is spoken there.
        #[implied = Protocol::Detect]
        optional protocol: Spanned<Protocol>,
        /// The requests that it takes.
        many routes: Named<Route>,
    }

    /// What runs to completion.
    pub(crate) struct Job {
        /// Its namespace, one of `namespaces`.
        required namespace: Spanned<String>,
        /// When it runs, in cron's five fields; it is then a CronJob.
        #[default = "it runs once for each change of it"]
        optional schedule: Spanned<Schedule>,
        /// The time zone of the schedule, such as "Europe/Berlin".
        #[default = "that of the cluster's controller manager"]
        optional time_zone: Spanned<TimeZone>,
        /// What happens when it is due and still runs.
        #[implied = CronPolicy::Allow]
        optional concurrency_policy: Spanned<CronPolicy>,
        /// How often a failed run is tried again.
        #[implied = kubernetes::BACKOFF_LIMIT]
        optional backoff_limit: Spanned<u32>,
        /// Whom it calls, each as `NAME.ROUTE`, `NAME.PORT` or `NAME`.
        optional calls: Spanned<Vec<Spanned<String>>>,
        /// How often its own client libraries try a failed call again, besides what the mesh does.
        #[implied = 0_u32]
        optional client_retries: Spanned<u32>,
        /// What its pods set.
        flatten pod: Pod,
    }

    /// A split that moves step by step.
    pub(crate) struct Rollout {
        /// The version that takes the requests now.
        required from: Spanned<String>,
        /// The version that shall take them.
        required to: Spanned<String>,
        /// Where it stands: 0 is before the first step, one more than there are steps is promoted.
        optional step: Spanned<u32> = 0,
        /// The steps, in order.
        required steps: Spanned<Vec<Step>>,
    }

    /// A step of a rollout.
    pub(crate) struct Step {
        /// The share of requests that goes to `to`, in whole percent.
        required weight: Spanned<Weight>,
        /// How long it is held at least, for whoever moves it.
        optional hold: Spanned<Duration>,
    }
}

/// A service that is no model: deployed here, or, with a `host`, outside of the cluster.
#[derive(Clone, Debug)]
pub(crate) enum Service {
    /// Deployed here.
    Deployed(Box<DeployedService>),
    /// Outside of the cluster.
    Outside(Box<OutsideService>),
}

impl Default for Service {
    fn default() -> Self {
        Self::Deployed(Box::default())
    }
}

impl Read for Service {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let table = as_table(value, report)?;
        Some(if is_outside(table) {
            let kind = "a service with a `host` is outside of the cluster";
            Self::Outside(Box::new(read_table_of_kind(table, Some(kind), report)))
        } else {
            Self::Deployed(Box::new(read_table(table, report)))
        })
    }
}

/// Whether a service has a `host`, misspelt or not.
fn is_outside(table: &Table) -> bool {
    table.entries.iter().any(|(key, _)| key.value == "host" || !DeployedService::has_key(key) && is_meant_as_host(key))
}

fn is_meant_as_host(key: &str) -> bool {
    let mut fields = vec!["host"];
    DeployedService::add_fields(&mut fields);
    nearest(key, fields) == Some("host")
}

impl JsonSchema for Service {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Service".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let kinds = [generator.subschema_for::<DeployedService>(), generator.subschema_for::<OutsideService>()];
        schemars::json_schema!({ "anyOf": kinds })
    }
}

/// The weights of a split, by version.
pub(crate) type Split = Named<Spanned<Weight>>;

/// A weight in percent; `None` if it was wrong, which was reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weight(pub Option<u32>);

impl Read for Weight {
    fn read(value: &Value, report: &mut Report) -> Option<Self> {
        let weight = integer(value, 0..=100, report);
        Some(Self(weight.and_then(|weight| u32::try_from(weight).ok())))
    }
}

impl JsonSchema for Weight {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Weight".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 0, "maximum": 100 })
    }
}
