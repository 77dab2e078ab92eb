//! Two variants for the same requests.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Mesh, Variant};

codes! {
    DUPLICATE_VARIANT = "duplicate-variant", Error, "two variants for one header and one value",
        "Every request that has the header goes to the first of them; the other one would do nothing.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        for (at, variant) in app.variants.iter().enumerate() {
            let same = app.variants.iter().take(at).find(|first| first.header == variant.header && first.is == variant.is);
            report.extend(same.map(|first| clash(first, variant)));
        }
    }
}

fn clash(first: &Variant, other: &Variant) -> Diagnostic {
    let Variant { header, is, .. } = other;
    let message = format!("`{}` takes the requests with `{header}: {is}` already", first.name);
    let diagnostic = Diagnostic::new(&DUPLICATE_VARIANT, is.span, message).also(first.is.span, "the other one");
    diagnostic.help("give one of them another header or value, or leave it out")
}
