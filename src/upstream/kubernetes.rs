//! Names, labels and limits of Kubernetes.

use crate::upstream::quantity;

/// What a gRPC probe calls (kubernetes, `pkg/probe/grpc`): the path of a POST.
pub(crate) const GRPC_HEALTH_CHECK: &str = "/grpc.health.v1.Health/Check";

/// The longest name of a Service, a Namespace, a container, and of whatever becomes a label value:
/// a DNS label (RFC 1035; apimachinery, `pkg/util/validation`).
pub(crate) const LABEL_LENGTH: usize = 63;

/// The longest name of a CronJob: eleven characters fewer, for the time that its Jobs' names end in
/// (kubernetes, `pkg/apis/batch/validation`).
pub(crate) const CRON_JOB_LENGTH: usize = 52;

/// The longest name of a container's port (IANA service name, RFC 6335).
pub(crate) const PORT_NAME_LENGTH: usize = 15;

/// What the API server makes of a probe that leaves these out (Kubernetes API, `Probe` v1).
pub(crate) const PROBE_INITIAL_DELAY_MILLIS: u32 = 0;
pub(crate) const PROBE_PERIOD_MILLIS: u32 = 10_000;
pub(crate) const PROBE_TIMEOUT_MILLIS: u32 = 1_000;
pub(crate) const PROBE_FAILURE_THRESHOLD: u32 = 3;
pub(crate) const PROBE_SUCCESS_THRESHOLD: u32 = 1;

/// The share of its pods that a Deployment may add, and may lack, while it rolls (Kubernetes API,
/// `RollingUpdateDeployment` v1).
pub(crate) const MAX_SURGE_PERCENT: u32 = 25;
pub(crate) const MAX_UNAVAILABLE_PERCENT: u32 = 25;

/// How often a failed Job is tried again (Kubernetes API, `JobSpec` v1).
pub(crate) const BACKOFF_LIMIT: u32 = 6;

/// Whether this is an RFC 1035 label, as a Service's name must be: lowercase letters, digits and
/// hyphens, a letter first, no hyphen last. Its length is not judged.
pub(crate) fn is_label(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && is_label_end(name)
}

/// Whether this can end an RFC 1035 label, behind a hyphen.
pub(crate) fn is_label_end(name: &str) -> bool {
    name.starts_with(is_lowercase_or_digit)
        && name.ends_with(is_lowercase_or_digit)
        && name.chars().all(|c| is_lowercase_or_digit(c) || c == '-')
}

fn is_lowercase_or_digit(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

/// A name in words of any case as the end of an RFC 1035 label: `ListAll` and `list_all` are `list-all`. A label stays
/// as it is.
pub(crate) fn to_label_end(name: &str) -> String {
    let mut label = String::with_capacity(name.len() + 4);
    let mut before = '-';
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let next_is_lower = letters.peek().is_some_and(char::is_ascii_lowercase);
        let begins_word = letter.is_ascii_uppercase() && (!before.is_ascii_uppercase() || next_is_lower);
        if begins_word && before != '-' && before != '_' {
            label.push('-');
        }
        label.push(if letter == '_' { '-' } else { letter.to_ascii_lowercase() });
        before = letter;
    }
    label
}

/// Whether this is an IANA service name: a label with a letter and without two hyphens in a row.
pub(crate) fn is_port_name(name: &str) -> bool {
    is_label_end(name) && !name.contains("--") && name.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Whether this is a DNS subdomain: labels joined by dots, 253 characters at most.
pub(crate) fn is_subdomain(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_label_end)
}

/// Whether this is a label's value: empty, or up to 63 letters, digits, `-`, `_` and `.`, a letter or digit at either end.
pub(crate) fn is_label_value(value: &str) -> bool {
    value.is_empty() || is_qualified_name(value)
}

fn is_qualified_name(name: &str) -> bool {
    name.len() <= LABEL_LENGTH
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// Whether this is a label's or an annotation's key: a name, or a subdomain, a slash and a name.
pub(crate) fn is_metadata_key(key: &str) -> bool {
    match key.split_once('/') {
        Some((prefix, name)) => is_subdomain(prefix) && is_qualified_name(name),
        None => is_qualified_name(key),
    }
}

/// How many bytes the keys and values of all annotations of an object have at most (apimachinery, `pkg/api/validation`).
pub(crate) const MAX_ANNOTATIONS: usize = 256 * 1024;

/// Whether this is the name of an environment variable that every supported version takes.
pub(crate) fn is_env_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || "_-.".contains(c))
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        && name != "."
        && !name.starts_with("..")
}

/// Whether this is the key of a Secret or of a ConfigMap.
pub(crate) fn is_config_key(key: &str) -> bool {
    key.len() <= 253 && !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

/// The labels of a namespace that Kubernetes or mlmesh writes, and what to do instead (kubernetes.io,
/// reference/labels-annotations-taints).
pub(crate) const RESERVED_NAMESPACE_LABELS: [(&str, &str); 2] = [
    ("kubernetes.io/metadata.name", "remove it: Kubernetes writes the name of the namespace here"),
    ("pod-security.kubernetes.io/enforce", "set `pod-security` on the namespace instead"),
];

/// What the value of a Pod Security label of a namespace must be; `None` for any other label. The API server refuses
/// another level, and takes a malformed version for `latest` (kubernetes.io, concepts/security/pod-security-admission).
pub(crate) fn pod_security_label(key: &str) -> Option<PodSecurityLabel> {
    match key.strip_prefix("pod-security.kubernetes.io/")? {
        // It is in the list of reserved labels.
        "enforce" => None,
        "audit" | "warn" => Some(PodSecurityLabel::Level),
        "enforce-version" | "audit-version" | "warn-version" => Some(PodSecurityLabel::Version),
        _ => Some(PodSecurityLabel::Unknown),
    }
}

/// What a Pod Security label says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PodSecurityLabel {
    Level,
    Version,
    /// Kubernetes has no label of this name.
    Unknown,
}

impl PodSecurityLabel {
    /// Whether Kubernetes takes this value.
    pub(crate) fn takes(self, value: &str) -> bool {
        match self {
            Self::Level => ["privileged", "baseline", "restricted"].contains(&value),
            Self::Version => value == "latest" || value.strip_prefix("v1.").is_some_and(is_digits),
            Self::Unknown => false,
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The parts of a reference to an image: `PATH:TAG@DIGEST`.
struct Image<'a> {
    path: &'a str,
    tag: Option<&'a str>,
    digest: Option<&'a str>,
}

impl<'a> Image<'a> {
    fn of(image: &'a str) -> Self {
        let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
        let last = name.rfind('/').map_or(0, |slash| slash + 1);
        match name[last..].find(':') {
            Some(colon) => Self { path: &name[..last + colon], tag: Some(&name[last + colon + 1..]), digest },
            None => Self { path: name, tag: None, digest },
        }
    }
}

/// What names another image after the next push: a tag that is a branch, or no tag, which is `latest`.
pub(crate) fn floating_tag(image: &str) -> Option<String> {
    const BRANCHES: [&str; 10] =
        ["latest", "main", "master", "develop", "dev", "edge", "nightly", "stable", "staging", "production"];
    match Image::of(image) {
        Image { digest: Some(_), .. } => None,
        Image { tag: Some(tag), .. } => BRANCHES.contains(&tag).then(|| format!("`{tag}`")),
        Image { tag: None, .. } => Some("no tag, which is `latest`,".to_owned()),
    }
}

/// Whether a container runtime could pull this: lowercase words that single separators join, at most 255 characters of
/// them with the host (distribution/reference, regexp.go).
pub(crate) fn is_image(image: &str) -> bool {
    let Image { path, tag, digest } = Image::of(image);
    let (host, repository) = match path.split_once('/') {
        Some((host, repository)) if host.contains(['.', ':']) || host == "localhost" => (host, repository),
        _ => ("", path),
    };
    let is_host = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte));
    let is_path = path.len() <= 255 && repository.split('/').all(is_path_component);
    is_host && is_path && tag.is_none_or(is_tag) && digest.is_none_or(is_digest)
}

fn is_tag(tag: &str) -> bool {
    let plain = tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    (1..=128).contains(&tag.len()) && plain && !tag.starts_with(['.', '-'])
}

fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(_, hex)| hex.len() >= 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Lowercase letters and digits, with `.`, `_`, `__` or hyphens between them.
fn is_path_component(part: &str) -> bool {
    let mut separators = part.split(is_lowercase_or_digit).filter(|separator| !separator.is_empty());
    part.starts_with(is_lowercase_or_digit) && part.ends_with(is_lowercase_or_digit) && separators.all(is_separator)
}

fn is_separator(text: &str) -> bool {
    [".", "_", "__"].contains(&text) || text.bytes().all(|byte| byte == b'-')
}

/// The resources that a container may ask for by a plain name.
pub(crate) const PLAIN_RESOURCES: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// The devices that people mean by a short name: the names of the device plugins of their vendors.
pub(crate) const DEVICES: [&str; 5] =
    ["nvidia.com/gpu", "amd.com/gpu", "google.com/tpu", "aws.amazon.com/neuron", "habana.ai/gaudi"];

/// Whether a container may ask for a resource of this name.
pub(crate) fn is_resource(name: &str) -> bool {
    PLAIN_RESOURCES.contains(&name) || name.starts_with("hugepages-") || is_device(name)
}

/// The size of a page in billionths of a byte, of a resource such as `hugepages-2Mi`; `None` for any other.
pub(crate) fn huge_page(name: &str) -> Option<i128> {
    quantity::nanos(name.strip_prefix("hugepages-")?)
}

/// Whether this is an extended resource, such as `nvidia.com/gpu`: whole numbers only, and what is
/// asked for is what may be used (kubernetes, `pkg/apis/core/validation`).
pub(crate) fn is_device(name: &str) -> bool {
    name.contains('/') && is_metadata_key(name) && !name.starts_with("kubernetes.io/")
}

#[cfg(test)]
mod tests {
    use super::{is_image, is_label, is_metadata_key, is_port_name, to_label_end};

    #[test]
    fn names_of_any_case_become_labels() {
        for (name, label) in [
            ("list-all", "list-all"),
            ("ListAll", "list-all"),
            ("listAll2", "list-all2"),
            ("GetHTTPInfo", "get-http-info"),
            ("get_emoji", "get-emoji"),
            ("Get_Emoji", "get-emoji"),
            ("VoteBigButt", "vote-big-butt"),
        ] {
            assert_eq!(to_label_end(name), label);
        }
    }

    #[test]
    fn labels() {
        assert!(is_label("recommender") && is_label("a") && is_label("a-1"));
        for wrong in ["", "-a", "a-", "1a", "A", "a.b", "a_b", "ä"] {
            assert!(!is_label(wrong), "{wrong}");
        }
    }

    #[test]
    fn port_names() {
        assert!(is_port_name("http") && is_port_name("grpc-web"));
        for wrong in ["80", "a--b", "-a", "A"] {
            assert!(!is_port_name(wrong), "{wrong}");
        }
    }

    #[test]
    fn keys() {
        assert!(is_metadata_key("team") && is_metadata_key("prometheus.io/scrape"));
        for wrong in ["", "a b", "/a", "a/", "a/b/c", "Prometheus.io/a"] {
            assert!(!is_metadata_key(wrong), "{wrong}");
        }
    }

    #[test]
    fn images() {
        let digest = format!("localhost:5000/a/b@sha256:{}", "0".repeat(64));
        for right in ["ranker", "registry.example.com/ml/ranker:v1.0", "a/b:1", "a__b/c---d/e.f_g", digest.as_str()] {
            assert!(is_image(right), "{right}");
        }
        for wrong in ["", "Ranker", "a b", "a:", "a:b c", "a:-1", "a@sha256:1", "/a", "a//b", "x/s-:1", "a..b", "a.-b", "a___b"] {
            assert!(!is_image(wrong), "{wrong}");
        }
    }
}
