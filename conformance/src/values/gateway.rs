//! Routes of the Gateway API, as Linkerd's proxies decode what its policy controller makes of them. The controller
//! accepts more than that: a proxy that cannot decode one match rejects the whole policy of its Service, and every
//! request of it fails.

use regex::Regex;
use serde_json::Value;

use crate::fault::Fault;
use crate::object::{Object, items, text};

pub fn judge(object: &Object) -> Vec<Fault> {
    let judge = match object.kind() {
        "GRPCRoute" => grpc,
        "HTTPRoute" => http,
        _ => return Vec::new(),
    };
    let rules = object.items("/spec/rules").into_iter();
    let matches = rules.flat_map(|(place, rule)| items(rule, "/matches", &place));
    let wrong = matches.flat_map(|(place, one)| judge(&place, one));
    wrong.map(|(place, message)| Fault::at(object, place, message)).collect()
}

/// A place and what is wrong there.
type Wrong = (String, &'static str);

/// linkerd2-proxy, `linkerd/http/route/src/grpc/match.rs`; linkerd2, `policy-controller/k8s/index/src/routes/grpc.rs`.
fn grpc(place: &str, one: &Value) -> Vec<Wrong> {
    let names = ["/method/service", "/method/method"].map(|name| text(one, name));
    if names == ["", ""] {
        return vec![(place.to_owned(), "a proxy cannot decode a match without a method")];
    }
    if text(one, "/method/type") == "RegularExpression" {
        return vec![(format!("{place}/method/type"), "the controller refuses an expression for a method")];
    }
    expressions(items(one, "/headers", place))
}

/// linkerd2-proxy, `linkerd/http/route/src/http/match/{path,header}.rs`.
fn http(place: &str, one: &Value) -> Vec<Wrong> {
    let mut values = items(one, "/headers", place);
    values.extend(items(one, "/queryParams", place));
    values.extend(one.get("path").map(|path| (format!("{place}/path"), path)));
    expressions(values)
}

/// Those values that are expressions which a proxy cannot compile.
fn expressions(values: Vec<(String, &Value)>) -> Vec<Wrong> {
    let expressions = values.into_iter().filter(|(_, value)| text(value, "/type") == "RegularExpression");
    let wrong = expressions.filter(|(_, value)| Regex::new(text(value, "/value")).is_err());
    wrong.map(|(place, _)| (format!("{place}/value"), "a proxy cannot compile this expression")).collect()
}
