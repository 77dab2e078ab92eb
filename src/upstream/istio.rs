//! What Istio knows: identities, and the paths of an AuthorizationPolicy.

/// The principal of a service account (istio.io, reference/config/security/authorization-policy); without
/// an account, everyone in the namespace.
pub(crate) fn principal(trust_domain: &str, namespace: &str, account: Option<&str>) -> String {
    format!("{trust_domain}/ns/{namespace}/sa/{}", account.unwrap_or("*"))
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

#[cfg(test)]
mod tests {
    use super::is_path;

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
