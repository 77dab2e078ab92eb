//! Two routes of one app that one request may match.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::mesh::Route;
use crate::mesh::templates::Templates;
use crate::upstream::overlap::{Expression, Overlap};
use crate::value::{Method, Path, Segment};

/// Two routes, the one that a request tries first first.
pub(crate) struct Pair<'a, 'e> {
    pub(crate) first: &'a Route,
    pub(crate) other: &'a Route,
    of_first: &'e Expression,
    of_other: &'e Expression,
}

/// Looks at each pair of routes of which neither the beginnings nor the segments show that no request matches both. Of
/// routes that are the same only the first is looked at: `duplicate_route` reports the others.
pub(crate) fn each<'a>(routes: &'a [Route], mut look: impl FnMut(&Pair<'a, '_>)) {
    let expressions: Vec<Expression> = routes.iter().map(|route| Expression::new(route.path.regex())).collect();
    let mut known = BTreeSet::new();
    let mut earlier = Earlier::default();
    for (at, (other, of_other)) in routes.iter().zip(&expressions).enumerate() {
        if !known.insert((other.method, other.path.to_string())) {
            continue;
        }
        let beginning = beginning(other, of_other);
        let segments = other.path.segments();
        for at in earlier.sharing(&beginning, segments.as_deref()) {
            look(&Pair { first: &routes[at], other, of_first: &expressions[at], of_other });
        }
        earlier.insert(beginning, segments.as_deref(), at);
    }
}

/// The numbers of the routes that were looked at already.
#[derive(Default)]
struct Earlier {
    templates: Templates,
    templates_by_beginning: BTreeMap<String, Vec<usize>>,
    expressions_by_beginning: BTreeMap<String, Vec<usize>>,
}

impl Earlier {
    fn insert(&mut self, beginning: String, segments: Option<&[Segment]>, at: usize) {
        let by_beginning = match segments {
            Some(segments) => {
                self.templates.insert(segments, at);
                &mut self.templates_by_beginning
            }
            None => &mut self.expressions_by_beginning,
        };
        by_beginning.entry(beginning).or_default().push(at);
    }

    /// Those that may share a request with a route, in their order: of an expression only its beginning is known.
    fn sharing(&self, beginning: &str, segments: Option<&[Segment]>) -> Vec<usize> {
        let mut sharing = Vec::new();
        add_sharing(&self.expressions_by_beginning, beginning, &mut sharing);
        match segments {
            Some(segments) => self.templates.add_meeting(segments, &mut sharing),
            None => add_sharing(&self.templates_by_beginning, beginning, &mut sharing),
        }
        sharing.sort_unstable();
        sharing
    }
}

fn beginning(route: &Route, expression: &Expression) -> String {
    match &route.path.value {
        Path::Template(_) => route.path.beginning().to_owned(),
        Path::Regex(_) => expression.beginning(),
    }
}

/// Adds the routes whose paths begin with this text or with a beginning of it.
fn add_sharing(by_beginning: &BTreeMap<String, Vec<usize>>, text: &str, sharing: &mut Vec<usize>) {
    if by_beginning.is_empty() {
        return;
    }
    let shorter = (0..text.len()).filter_map(|end| by_beginning.get(text.get(..end)?));
    let from = by_beginning.range::<str, _>((Bound::Included(text), Bound::Unbounded));
    let longer = from.take_while(|(beginning, _)| beginning.starts_with(text)).map(|(_, routes)| routes);
    sharing.extend(shorter.chain(longer).flatten());
}

impl Pair<'_, '_> {
    /// Whether a method can be taken by both.
    pub(crate) fn share_a_method(&self) -> bool {
        self.first.method == self.other.method || [self.first.method, self.other.method].contains(&Method::Any)
    }

    /// Whether neither the length of what they match nor the method decides between them, so that only
    /// their order does: a match that names a method outranks one that does not (linkerd2-proxy,
    /// linkerd/http/route/src/http/match.rs).
    pub(crate) fn is_tied(&self) -> bool {
        (self.first.method == self.other.method || self.first.method == Method::Any) && self.is_of_one_length()
    }

    /// Whether what they match of a path can be of one length. `/{x*}` is a prefix of length 1, which any
    /// longer match outranks (the same file).
    pub(crate) fn is_of_one_length(&self) -> bool {
        !self.other.path.is_everything() || self.first.path.takes_root()
    }

    /// A path that both match.
    pub(crate) fn overlap(&self) -> Overlap {
        self.of_first.overlaps(self.of_other)
    }

    /// Whether a path matches both, as far as that can be told.
    pub(crate) fn may_meet(&self) -> bool {
        // That the segments leave it open is why there is a pair: of whole segments they tell all.
        self.whole_segments().is_some() || self.overlap() != Overlap::Never
    }

    /// Whether the first takes every path of the other.
    pub(crate) fn is_covered(&self) -> bool {
        match self.whole_segments() {
            Some((first, other)) => covers(&first, &other),
            None => self.of_first.covers(self.of_other) == Some(true),
        }
    }

    /// Whether one of them takes every path of the other.
    pub(crate) fn is_nested(&self) -> bool {
        match self.whole_segments() {
            Some((first, other)) => covers(&first, &other) || covers(&other, &first),
            None => self.is_covered() || self.of_other.covers(self.of_first) == Some(true),
        }
    }

    /// The segments of both, if each of them is a literal, a parameter or the rest.
    fn whole_segments(&self) -> Option<(Vec<Segment>, Vec<Segment>)> {
        Some((whole_segments(self.first)?, whole_segments(self.other)?))
    }
}

/// The segments of a path, if each is a literal that is not empty, a parameter or the rest.
fn whole_segments(route: &Route) -> Option<Vec<Segment>> {
    let segments = route.path.segments().filter(|_| route.path.is_of_whole_segments())?;
    // Behind the first slash something stands, unless it is a last one: no parameter is empty.
    let is_plain = segments.iter().skip(1).all(|segment| *segment != Segment::Literal(String::new()));
    is_plain.then_some(segments)
}

/// Whether every path of the second matches the first too.
fn covers(wide: &[Segment], narrow: &[Segment]) -> bool {
    match (wide, narrow) {
        ([], []) | ([Segment::Rest, ..], [_, ..]) => true,
        ([Segment::Open, wide @ ..], [Segment::Open | Segment::Literal(_), narrow @ ..]) => covers(wide, narrow),
        ([Segment::Literal(one), wide @ ..], [Segment::Literal(other), narrow @ ..]) => one == other && covers(wide, narrow),
        ([], [..]) | ([Segment::Rest | Segment::Open | Segment::Literal(_), ..], [..]) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{covers, each};
    use crate::upstream::overlap::{Expression, Overlap};
    use crate::value::{Path, PathTemplate};

    const TEMPLATES: [&str; 11] =
        ["/a", "/{x}", "/a/b", "/a/{x}", "/{x}/b", "/{x}/{y}", "/a/{x*}", "/{x*}", "/{x}/b/{y*}", "/a/{x}/c", "/a/b/c"];

    #[test]
    fn segments_say_what_the_expressions_say() {
        for one in TEMPLATES {
            for other in TEMPLATES {
                let [(wide, wide_expression), (narrow, narrow_expression)] = [one, other].map(path);
                let (wide, narrow) = (wide.segments().expect("a template"), narrow.segments().expect("a template"));
                assert_eq!(Some(covers(&wide, &narrow)), wide_expression.covers(&narrow_expression), "{one} {other}");
            }
        }
    }

    #[test]
    fn a_pair_of_whole_segments_shares_a_path() {
        let meeting = TEMPLATES.iter().flat_map(|one| TEMPLATES.iter().map(move |other| (one, other)));
        for (one, other) in meeting.filter(|(one, other)| one != other && pairs_of(one, other) == 1) {
            let [(_, one_expression), (_, other_expression)] = [one, other].map(|text| path(text));
            assert!(one_expression.overlaps(&other_expression) != Overlap::Never, "{one} {other}");
        }
    }

    fn pairs_of(one: &str, other: &str) -> usize {
        let text = format!(
            "[cluster]\ntraffic = \"profile\"\n[namespaces.n]\n[services.s]\nnamespace = \"n\"\nport = 80\nimage = \"i:1\"\n\
             routes = {{ a = {{ get = \"{one}\" }}, b = {{ get = \"{other}\" }} }}"
        );
        let source = crate::source::Source::new("mlops.toml", text);
        let mut report = crate::diagnostic::Report::default();
        let root = crate::syntax::parse(&source, crate::spanned::SourceId::MANIFEST, &mut report).root;
        let mesh = crate::mesh::resolve(&crate::manifest::read(&root, &mut report), "mlops.toml", &mut report);
        let mut pairs = 0;
        each(&mesh.apps[0].ports.main.routes, |_| pairs += 1);
        pairs
    }

    fn path(text: &str) -> (Path, Expression) {
        let path = Path::Template(PathTemplate::parse(text).expect("a template"));
        let expression = Expression::new(path.regex());
        (path, expression)
    }
}
