//! Versions that get requests besides the split: by a header, or as copies.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::manifest::Model;
use crate::mesh::split::known;
use crate::mesh::{Mirror, Variant};
use crate::spanned::Spanned;

codes! {
    INVALID_MIRROR = "invalid-mirror", Error, "a mirror of more than everything, or of nothing",
        "Istio copies a share of the requests between 0 and 100 percent (VirtualService, `mirrorPercentage`).";
}

/// The variants of a model, by name.
pub(crate) fn variants(model: &Model, report: &mut Report) -> Vec<Variant> {
    let mut variants: Vec<Variant> = Vec::new();
    for (name, variant) in &model.variants {
        let version = variant.version.as_ref().and_then(|version| known(model, version, report));
        let Some(when) = variant.when.as_ref() else { continue };
        let (Some(version), Some(header), Some(is)) = (version, when.header.as_ref(), when.is.as_ref()) else { continue };
        let header = Spanned::new(header.value.0.clone(), header.span);
        let is = Spanned::new(is.value.0.clone(), is.span);
        variants.push(Variant { name: name.clone(), version, header, is });
    }
    variants
}

/// The mirror of a model.
pub(crate) fn mirror(model: &Model, report: &mut Report) -> Option<Mirror> {
    let mirror = model.mirror.as_ref()?;
    let version = mirror.version.as_ref()?;
    let percent = mirror.share().0 * 100.0;
    if let Some(share) = mirror.share.given().filter(|_| percent <= 0.0 || percent > 100.0) {
        let diagnostic = Diagnostic::new(&INVALID_MIRROR, share.span, "this is no share of the requests above 0% and up to 100%");
        report.push(diagnostic.help("write a share such as \"10%\", or leave the mirror out"));
    }
    let version = Spanned::new(known(model, version, report)?, version.span);
    Some(Mirror { span: mirror.span, version, percent })
}
