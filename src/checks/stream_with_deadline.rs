//! A stream that is cut off, or begun again.

use crate::diagnostic::{Diagnostic, Report, codes};
use crate::mesh::{Callee, Mesh};

codes! {
    STREAM_WITH_DEADLINE = "stream-with-deadline", Error, "a stream that is cut off, or begun again",
        "A timeout counts until the last byte: a model that is still writing tokens is cut off in the middle of a sentence. \
         A retry would begin the answer anew although half of it was delivered. What ends a stream that stalls is \
         `idle-timeout`. (linkerd.io, reference/timeouts)";
}

pub(super) fn run(mesh: &Mesh, report: &mut Report) {
    for route in mesh.callees().flat_map(Callee::routes) {
        let Some(stream) = route.stream.filter(|stream| stream.value) else { continue };
        let timeout = route.timeouts.request.map(|timeout| (timeout.span, "this ends the stream in the middle"));
        let retry = route.retry.as_ref().map(|retry| (retry.span, "this begins the stream again from the start"));
        for (span, message) in timeout.into_iter().chain(retry) {
            let diagnostic = Diagnostic::new(&STREAM_WITH_DEADLINE, span, message).also(stream.span, "a stream");
            report.push(diagnostic.help("leave it out; `idle-timeout` ends a stream that stalls"));
        }
    }
}
