//! What Istio knows: identities, and the paths of an AuthorizationPolicy.

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{
    self, AssertionKind, Ast, ClassSetBinaryOp, ClassSetItem, ClassUnicode, ClassUnicodeKind, Flag, Flags, FlagsItem,
    FlagsItemKind, HexLiteralKind, Literal, LiteralKind, RepetitionKind, RepetitionRange, Visitor,
};

/// The principal of a service account (istio.io, reference/config/security/authorization-policy); without
/// an account, everyone in the namespace.
pub(crate) fn principal(trust_domain: &str, namespace: &str, account: Option<&str>) -> String {
    format!("{trust_domain}/ns/{namespace}/sa/{}", account.unwrap_or("*"))
}

/// Whether a service account is that of a gateway, by the names that the installers and the Gateway API's controller give
/// (istio.io, setup/additional-setup/gateway; `manifests/charts/gateway`; `pilot/pkg/config/kube/gateway`). No
/// VirtualService holds there unless it names the gateway; without an account, everyone in the namespace is meant.
pub(crate) fn is_gateway(namespace: &str, account: Option<&str>) -> bool {
    namespace.starts_with("istio-")
        || account.is_some_and(|account| account.contains("ingressgateway") || account.ends_with("-istio"))
}

/// What Istio does with a failed request of which no VirtualService speaks: so often, and on these conditions (istio,
/// `pilot/pkg/networking/core/route/retry`).
pub(crate) const DEFAULT_RETRIES: (u32, [&str; 5]) =
    (2, ["503", "cancelled", "connect-failure", "refused-stream", "unavailable"]);

/// The labels and annotations that mlmesh writes itself, or that would take a pod or a port past its
/// policies (istio.io, reference/config/annotations and reference/config/labels).
pub(crate) const RESERVED: [(&str, &str); 7] = [
    ("istio-injection", "set `inject` on the namespace instead"),
    ("istio.io/rev", REVISION),
    ("sidecar.istio.io/inject", "set `inject` on the namespace instead"),
    ("sidecar.istio.io/nativeSidecar", "remove it: mlmesh writes it on jobs, whose sidecar has to end with them"),
    ("traffic.sidecar.istio.io/includeInboundPorts", "remove it: a port that is not included has no policy"),
    ("traffic.sidecar.istio.io/excludeInboundPorts", "remove it: an excluded port has no policy"),
    ("traffic.sidecar.istio.io/excludeOutboundPorts", "remove it: traffic to an excluded port has no identity and no route"),
];

/// `istio-injection: enabled`, which mlmesh writes, is read by the default revision alone, and wins over the label of a
/// revision: with a revision only, nothing would be injected (istio.io, setup/upgrade/canary).
const REVISION: &str = "set `manage = false` on the namespace and label it yourself: mlmesh writes `istio-injection: enabled`, \
                        which wins over a revision";

/// The ports on which Istio detects nothing and takes what comes for bytes (istio,
/// `pkg/config/kube/conversion.go`).
pub(crate) const OPAQUE_PORTS: [u16; 4] = [25, 53, 3306, 27017];

/// The ports that the sidecar itself listens on (istio.io, ops/deployment/application-requirements).
pub(crate) const PROXY_PORTS: [u16; 10] = [15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090];

/// The name of the port of the injected container, by which its metrics are scraped (the same page).
pub(crate) const PROXY_PORT_NAMES: [&str; 1] = ["http-envoy-prom"];

/// The word at the front of a port's name that Istio takes for what is spoken on it, unless `appProtocol`
/// says so (istio.io, ops/configuration/traffic-management/protocol-selection); `None` where it detects it.
pub(crate) fn protocol_of_name(name: &str) -> Option<&'static str> {
    const WORDS: [&str; 9] = ["grpc", "http", "http2", "https", "mongo", "mysql", "redis", "tcp", "tls"];
    let first = name.split('-').next().unwrap_or(name);
    WORDS.into_iter().find(|word| *word == first)
}

/// Whether a path of a policy means this path: exactly, by a `*` at either end, or, since Istio 1.22, by
/// `{*}` for one segment and `{**}` for the rest (the same page).
pub(crate) fn is_path(pattern: &str, path: &str) -> bool {
    if pattern.contains('{') {
        return template(pattern, path);
    }
    match (pattern.strip_suffix('*'), pattern.strip_prefix('*')) {
        (Some(start), _) => path.starts_with(start),
        (None, Some(end)) => path.ends_with(end),
        (None, None) => pattern == path,
    }
}

fn template(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    for wanted in pattern.split('/') {
        match (wanted, segments.next()) {
            ("{**}", _) => return true,
            ("{*}", Some(segment)) if !segment.is_empty() => {}
            (literal, Some(segment)) if literal == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

/// What an expression of Rust's `regex` has that RE2, which Envoy matches with, cannot read or reads differently
/// (github.com/google/re2/wiki/Syntax); `None` where both read it the same.
pub(crate) fn not_of_re2(regex: &str) -> Option<&'static str> {
    let tree = Parser::new().parse(regex).ok()?;
    ast::visit(&tree, Foreign).err()
}

/// Stops at the first thing that RE2 does not have.
struct Foreign;

impl Visitor for Foreign {
    type Output = ();
    type Err = &'static str;

    fn finish(self) -> Result<(), Self::Err> {
        Ok(())
    }

    fn visit_pre(&mut self, node: &Ast) -> Result<(), Self::Err> {
        match node {
            Ast::Assertion(assertion) => assertion_of_re2(&assertion.kind),
            Ast::Literal(literal) => literal_of_re2(literal),
            Ast::Flags(set) => flags_of_re2(&set.flags),
            Ast::Group(group) => group.flags().map_or(Ok(()), flags_of_re2),
            Ast::Repetition(repetition) => repetition_of_re2(&repetition.op.kind),
            Ast::ClassUnicode(class) => class_of_re2(class),
            Ast::Empty(_) | Ast::Dot(_) | Ast::ClassPerl(_) | Ast::ClassBracketed(_) | Ast::Alternation(_) | Ast::Concat(_) => {
                Ok(())
            }
        }
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Self::Err> {
        match item {
            ClassSetItem::Bracketed(_) => Err("a class inside of a class"),
            ClassSetItem::Literal(literal) => literal_of_re2(literal),
            ClassSetItem::Range(range) => literal_of_re2(&range.start).and_then(|()| literal_of_re2(&range.end)),
            ClassSetItem::Unicode(class) => class_of_re2(class),
            ClassSetItem::Empty(_) | ClassSetItem::Ascii(_) | ClassSetItem::Perl(_) | ClassSetItem::Union(_) => Ok(()),
        }
    }

    fn visit_class_set_binary_op_pre(&mut self, _: &ClassSetBinaryOp) -> Result<(), Self::Err> {
        Err("operations on classes")
    }
}

fn assertion_of_re2(kind: &AssertionKind) -> Result<(), &'static str> {
    match kind {
        AssertionKind::StartLine
        | AssertionKind::EndLine
        | AssertionKind::StartText
        | AssertionKind::EndText
        | AssertionKind::WordBoundary
        | AssertionKind::NotWordBoundary => Ok(()),
        AssertionKind::WordBoundaryStart
        | AssertionKind::WordBoundaryEnd
        | AssertionKind::WordBoundaryStartAngle
        | AssertionKind::WordBoundaryEndAngle
        | AssertionKind::WordBoundaryStartHalf
        | AssertionKind::WordBoundaryEndHalf => Err("the edges of words"),
    }
}

fn literal_of_re2(literal: &Literal) -> Result<(), &'static str> {
    match &literal.kind {
        LiteralKind::HexFixed(HexLiteralKind::UnicodeShort | HexLiteralKind::UnicodeLong)
        | LiteralKind::HexBrace(HexLiteralKind::UnicodeShort | HexLiteralKind::UnicodeLong) => Err("`\\u`"),
        LiteralKind::HexFixed(HexLiteralKind::X)
        | LiteralKind::HexBrace(HexLiteralKind::X)
        | LiteralKind::Verbatim
        | LiteralKind::Meta
        | LiteralKind::Superfluous
        | LiteralKind::Octal
        | LiteralKind::Special(_) => Ok(()),
    }
}

fn flags_of_re2(flags: &Flags) -> Result<(), &'static str> {
    if flags.items.iter().any(is_foreign_flag) { Err("the flags `x`, `R` and `u`") } else { Ok(()) }
}

fn is_foreign_flag(item: &FlagsItem) -> bool {
    match item.kind {
        FlagsItemKind::Flag(Flag::Unicode | Flag::CRLF | Flag::IgnoreWhitespace) => true,
        FlagsItemKind::Flag(Flag::CaseInsensitive | Flag::MultiLine | Flag::DotMatchesNewLine | Flag::SwapGreed)
        | FlagsItemKind::Negation => false,
    }
}

fn repetition_of_re2(kind: &RepetitionKind) -> Result<(), &'static str> {
    const MAX_REPETITIONS: u32 = 1_000;
    let most = match kind {
        RepetitionKind::ZeroOrOne | RepetitionKind::ZeroOrMore | RepetitionKind::OneOrMore => 1,
        RepetitionKind::Range(RepetitionRange::Exactly(most) | RepetitionRange::AtLeast(most)) => *most,
        RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => *least.max(most),
    };
    if most > MAX_REPETITIONS { Err("more than 1,000 repetitions") } else { Ok(()) }
}

/// RE2 knows general categories and scripts by their plain names.
fn class_of_re2(class: &ClassUnicode) -> Result<(), &'static str> {
    match class.kind {
        ClassUnicodeKind::OneLetter(_) | ClassUnicodeKind::Named(_) => Ok(()),
        ClassUnicodeKind::NamedValue { .. } => Err("`\\p{NAME=VALUE}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_path, not_of_re2};

    #[test]
    fn what_re2_reads_otherwise_is_found() {
        for (regex, alike) in [
            (r"/v0/(score|rank)", true),
            (r"/v1/[a-z]+\.[[:alpha:]]{2,10}", true),
            (r"/a/[]x]", true),
            (r"(?i)/v1/.*", true),
            (r"/(?P<name>\w+)\b", true),
            (r"/[a-z&&[^b]]", false),
            (r"/[a--b]", false),
            (r"(?x) /a b", false),
            (r"/a{1001}", false),
            (r"/\u0061", false),
            (r"\b{start}/a", false),
            (r"/\p{Greek}+[\pN]", true),
            (r"/\p{script=Greek}", false),
            (r"/[a\u0061]", false),
            (r"/\(\?x\)", true),
        ] {
            assert_eq!(not_of_re2(regex).is_none(), alike, "{regex}");
        }
    }

    #[test]
    fn paths_are_exact_prefixes_or_templates() {
        for (pattern, path, is) in [
            ("/v1/predict", "/v1/predict", true),
            ("/v1/predict", "/v1/predict/x", false),
            ("/v2/*", "/v2/a/b", true),
            ("/v2/*", "/v2", false),
            ("/features/{*}", "/features/a", true),
            ("/features/{*}", "/features/a/b", false),
            ("/features/{*}", "/features/", false),
            ("/a/{*}/{**}", "/a/b/c/d", true),
            ("/a/{*}/d", "/a/b/d", true),
        ] {
            assert_eq!(is_path(pattern, path), is, "{pattern} {path}");
        }
    }
}
