//! One request, two variants.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::Mesh;

codes! {
    AMBIGUOUS_VARIANTS = "ambiguous-variants", Warning, "one request, two variants",
        "A request may have both headers. Both rules then match alike, and the variant whose name comes first in the alphabet \
         takes it, which is hardly what decides an experiment.";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for app in &mesh.apps {
        for (at, variant) in app.variants.iter().enumerate() {
            let mut earlier = app.variants[..at].iter();
            if let Some(first) = earlier.find(|first| first.header != variant.header && first.version != variant.version) {
                let message = format!("a request with `{}` and `{}` goes to `{}`", first.header, variant.header, first.name);
                let diagnostic = Diagnostic::new(&AMBIGUOUS_VARIANTS, variant.header.span, message);
                let diagnostic = diagnostic.also(first.header.span, "the other header");
                report.push(diagnostic.help("tell all variants of a model apart by one header"));
            }
        }
    }
}
