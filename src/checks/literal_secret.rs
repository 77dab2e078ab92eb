//! A secret that stands in the manifest.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Pod};
use crate::value::EnvValue;

codes! {
    LITERAL_SECRET = "literal-secret", Warning, "a literal value under a name that smells of a secret",
        "Whoever can read the repository, or the Deployment in the cluster, can read it, and it stays in the history when it \
         is taken out.";
}

/// What a secret is called, by the last words of a variable.
const SECRET_WORDS: [&[&str]; 11] = [
    &["SECRET"],
    &["TOKEN"],
    &["PASSWORD"],
    &["PASSWD"],
    &["PASSPHRASE"],
    &["CREDENTIALS"],
    &["APIKEY"],
    &["API", "KEY"],
    &["ACCESS", "KEY"],
    &["SECRET", "KEY"],
    &["PRIVATE", "KEY"],
];

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    mesh.pods().for_each(|pod| check(pod, report));
}

fn check(pod: &Pod, report: &mut Report) {
    for (name, value) in &pod.env {
        let EnvValue::Text(text) = &value.value else { continue };
        if is_secret_name(name) && is_literal(text) {
            let message = format!("the value of `{name}` is in everybody's sight");
            let diagnostic = Diagnostic::new(&LITERAL_SECRET, value.span, message).also(name.span, "the name of a secret");
            report.push(diagnostic.help(format!("write `{name} = {{ secret = \"NAME\", key = \"KEY\" }}`")));
        }
    }
}

fn is_secret_name(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let words: Vec<&str> = upper.split(['_', '-', '.']).collect();
    SECRET_WORDS.iter().any(|secret| words.ends_with(secret))
}

/// An empty text, a path, a reference to another variable, a switch and a small number are not secrets.
fn is_literal(text: &str) -> bool {
    const SWITCHES: [&str; 10] = ["true", "false", "yes", "no", "on", "off", "none", "null", "enabled", "disabled"];
    let is_number = text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_switch = SWITCHES.iter().any(|switch| text.eq_ignore_ascii_case(switch));
    !is_number && !is_switch && !text.starts_with('/') && !text.starts_with("$(")
}

#[cfg(test)]
mod tests {
    use super::{is_literal, is_secret_name};

    #[test]
    fn switches_and_small_numbers_are_no_secrets() {
        assert!(["yes", "False", "3600", "", "/run/secrets/x", "$(OTHER)"].iter().all(|text| !is_literal(text)));
        assert!(["hunter2", "12345", "sk-1234"].iter().all(|text| is_literal(text)));
    }

    #[test]
    fn names_of_secrets() {
        for secret in ["TOKEN", "HF_TOKEN", "db_password", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "CLIENT_SECRET"] {
            assert!(is_secret_name(secret), "{secret}");
        }
        for plain in ["MAX_TOKENS", "TOKENIZER", "TOKEN_URL", "SECRET_NAME", "KEY", "MONKEY", "PASSWORD_FILE"] {
            assert!(!is_secret_name(plain), "{plain}");
        }
    }
}
