//! Sets of paths: whether two expressions match one path, whether one matches all that another matches, and what is left
//! of one without others. Paths of requests are ASCII, so only printable ASCII is searched.
//!
//! Every search walks the nondeterministic automata themselves. A deterministic one of `/.*a.{20}` has a million states.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;

use regex_automata::nfa::thompson::{Compiler, Config, NFA, State, WhichCaptures};
use regex_automata::util::look::LookMatcher;
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;

/// How many steps one search may take before it gives up.
const MAX_STEPS: usize = 1 << 14;

/// The answer for two expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Overlap {
    /// No path matches both.
    Never,
    /// This path does.
    Path(String),
    /// The expressions are too large to tell.
    Unknown,
}

/// An expression of paths, anchored at both ends. Its automaton is made when it is first asked for, and kept.
pub(crate) struct Expression {
    regex: String,
    automaton: OnceCell<Option<Automaton>>,
    example: OnceCell<Option<String>>,
}

impl Expression {
    pub(crate) fn new(regex: String) -> Self {
        Self { regex, automaton: OnceCell::new(), example: OnceCell::new() }
    }

    /// Whether a path matches both.
    pub(crate) fn overlaps(&self, other: &Self) -> Overlap {
        match (self.automaton(), other.automaton()) {
            (Some(one), Some(other)) => meet(one, other),
            _ => Overlap::Unknown,
        }
    }

    /// Whether every path that matches `narrow` matches this too; `None` where that cannot be told.
    pub(crate) fn covers(&self, narrow: &Self) -> Option<bool> {
        let (own, other) = (self.automaton()?, narrow.automaton()?);
        // One path that is not covered is answer enough, and mostly the first one is.
        if narrow.example().is_some_and(|path| !own.matches(path)) {
            return Some(false);
        }
        let mut is_covered = true;
        let is_complete = trace(other, &[own], |matched, _| {
            is_covered = !matched.is_empty();
            is_covered
        });
        (is_complete || !is_covered).then_some(is_covered)
    }

    /// The shortest path that matches, if there is one that is found in time.
    pub(crate) fn example(&self) -> Option<&str> {
        self.example.get_or_init(|| self.automaton().and_then(shortest)).as_deref()
    }

    /// The shortest path that matches this and none of the others, if there is one that is found in time.
    pub(crate) fn outside(&self, others: &[&Self]) -> Option<String> {
        let automata: Vec<&Automaton> = others.iter().filter_map(|other| other.automaton()).collect();
        let mut found = None;
        trace(self.automaton()?, &automata, |matched, path| {
            found = matched.is_empty().then(path);
            found.is_none()
        });
        found
    }

    /// Whether a path matches.
    pub(crate) fn matches(&self, path: &str) -> bool {
        self.automaton().is_some_and(|automaton| automaton.matches(path))
    }

    fn automaton(&self) -> Option<&Automaton> {
        self.automaton.get_or_init(|| Automaton::of(&self.regex)).as_ref()
    }
}

/// The automaton of an expression.
struct Automaton {
    nfa: NFA,
    /// What `reach` finds from each state. Where the expression asserts something of the bytes around a place, as `\b`
    /// does, that depends on the place.
    reached: Option<Vec<Vec<StateID>>>,
}

impl Automaton {
    /// On ASCII an expression means the same without Unicode, and is smaller; some can only be written with it.
    fn of(regex: &str) -> Option<Self> {
        let nfa = Self::build(regex, false).or_else(|| Self::build(regex, true))?;
        let has_assertions = !nfa.look_set_any().is_empty();
        let states = || (0..nfa.states().len()).map(StateID::new_unchecked);
        let reached = (!has_assertions).then(|| states().map(|state| reach(&nfa, state, None, None)).collect());
        Some(Self { nfa, reached })
    }

    fn build(regex: &str, unicode: bool) -> Option<NFA> {
        const MAX_BYTES: usize = 1 << 20;
        let config = Config::new().utf8(false).which_captures(WhichCaptures::None).nfa_size_limit(Some(MAX_BYTES));
        let syntax = syntax::Config::new().unicode(unicode).utf8(false);
        Compiler::new().configure(config).syntax(syntax).build(&format!("(?:{regex})")).ok()
    }

    fn start(&self) -> StateID {
        self.nfa.start_anchored()
    }

    /// What the next steps need to know of the byte in front of them.
    fn memory(&self, before: u8) -> Option<u8> {
        self.reached.is_none().then_some(before)
    }

    fn reach(&self, from: StateID, before: Option<u8>, behind: Option<u8>) -> Cow<'_, [StateID]> {
        match &self.reached {
            Some(reached) => Cow::Borrowed(&reached[from]),
            None => Cow::Owned(reach(&self.nfa, from, before, behind)),
        }
    }

    /// Where a byte leads from a state.
    fn step(&self, from: StateID, before: Option<u8>, byte: u8) -> Vec<StateID> {
        self.reach(from, before, Some(byte)).iter().filter_map(|state| next(self.nfa.state(*state), byte)).collect()
    }

    fn matches(&self, path: &str) -> bool {
        let mut before = None;
        let mut states = BTreeSet::from([self.start()]);
        for byte in path.bytes() {
            states = states.into_iter().flat_map(|state| self.step(state, before, byte)).collect();
            before = self.memory(byte);
        }
        states.into_iter().any(|state| self.accepts(state, before))
    }

    /// Whether a path that ends here matches.
    fn accepts(&self, from: StateID, before: Option<u8>) -> bool {
        self.reach(from, before, None).iter().any(|state| matches!(self.nfa.state(*state), State::Match { .. }))
    }
}

/// The states behind `from` that take a byte or accept, at a place between these two bytes.
fn reach(nfa: &NFA, from: StateID, before: Option<u8>, behind: Option<u8>) -> Vec<StateID> {
    let around: Vec<u8> = before.into_iter().chain(behind).collect();
    let looks = LookMatcher::new();
    let (mut seen, mut reached, mut open) = (BTreeSet::new(), Vec::new(), vec![from]);
    while let Some(state) = open.pop() {
        if !seen.insert(state) {
            continue;
        }
        match nfa.state(state) {
            State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) | State::Match { .. } => reached.push(state),
            State::Look { look, next } if looks.matches(*look, &around, usize::from(before.is_some())) => open.push(*next),
            State::Union { alternates } => open.extend(alternates.iter()),
            State::BinaryUnion { alt1, alt2 } => open.extend([alt1, alt2]),
            State::Capture { next, .. } => open.push(*next),
            State::Look { .. } | State::Fail => {}
        }
    }
    reached
}

fn next(state: &State, byte: u8) -> Option<StateID> {
    match state {
        State::ByteRange { trans } => trans.matches_byte(byte).then_some(trans.next),
        State::Sparse(transitions) => transitions.matches_byte(byte),
        State::Dense(transitions) => transitions.matches_byte(byte),
        State::Look { .. }
        | State::Union { .. }
        | State::BinaryUnion { .. }
        | State::Capture { .. }
        | State::Fail
        | State::Match { .. } => None,
    }
}

/// The places of a search in the order in which they are found, which is the order of the shortest paths to them.
struct Search<P> {
    places: Vec<(P, Option<(usize, u8)>)>,
    known: BTreeSet<P>,
}

impl<P: Ord + Clone> Search<P> {
    fn from(start: P) -> Self {
        Self { places: vec![(start.clone(), None)], known: BTreeSet::from([start]) }
    }

    fn add(&mut self, place: P, from: usize, byte: u8) {
        if self.known.insert(place.clone()) {
            self.places.push((place, Some((from, byte))));
        }
    }

    /// The path that leads to a place.
    fn path(&self, mut at: usize) -> String {
        let mut path = Vec::new();
        while let Some((from, byte)) = self.places[at].1 {
            path.push(char::from(byte));
            at = from;
        }
        path.iter().rev().collect()
    }
}

/// Looks for a path that both accept.
fn meet(one: &Automaton, other: &Automaton) -> Overlap {
    let bytes = bytes(&[one, other]);
    let mut search = Search::from((one.start(), other.start(), None));
    let mut at = 0;
    while let Some(((first, second, before), _)) = search.places.get(at).cloned() {
        if one.accepts(first, before) && other.accepts(second, before) {
            return Overlap::Path(search.path(at));
        }
        if at > MAX_STEPS {
            return Overlap::Unknown;
        }
        for byte in &bytes {
            let behind = one.memory(*byte).or(other.memory(*byte));
            let seconds = other.step(second, before, *byte);
            for first in one.step(first, before, *byte) {
                seconds.iter().for_each(|second| search.add((first, *second, behind), at, *byte));
            }
        }
        at += 1;
    }
    Overlap::Never
}

fn shortest(automaton: &Automaton) -> Option<String> {
    let mut found = None;
    trace(automaton, &[], |_, path| {
        found = Some(path());
        false
    });
    found
}

/// Follows every path that `own` accepts through the others, and shows `visit` the places of those that accept it as
/// well, until it has seen enough. Whether each combination was shown.
fn trace(own: &Automaton, others: &[&Automaton], mut visit: impl FnMut(&BTreeSet<usize>, &dyn Fn() -> String) -> bool) -> bool {
    let all: Vec<&Automaton> = others.iter().copied().chain([own]).collect();
    let bytes = bytes(&all);
    // Of the others only the states that still lead somewhere are followed.
    let alive: BTreeSet<(usize, StateID)> = others.iter().enumerate().map(|(at, other)| (at, other.start())).collect();
    let mut search = Search::from((own.start(), alive, None));
    let mut at = 0;
    while let Some(((state, alive, before), _)) = search.places.get(at).cloned() {
        if own.accepts(state, before) {
            let matching = alive.iter().filter(|(other, state)| others[*other].accepts(*state, before));
            if !visit(&matching.map(|(other, _)| *other).collect(), &|| search.path(at)) {
                return false;
            }
        }
        if at > MAX_STEPS {
            return false;
        }
        for byte in &bytes {
            let behind = all.iter().find_map(|automaton| automaton.memory(*byte));
            let next = own.step(state, before, *byte);
            if next.is_empty() {
                continue;
            }
            let stepped = alive
                .iter()
                .flat_map(|(other, state)| others[*other].step(*state, before, *byte).into_iter().map(|state| (*other, state)));
            let alive: BTreeSet<(usize, StateID)> = stepped.collect();
            next.into_iter().for_each(|state| search.add((state, alive.clone(), behind), at, *byte));
        }
        at += 1;
    }
    true
}

/// One byte of a path for each kind that these automata tell apart, letters first, so that the path that is shown is
/// one that a person could have written.
fn bytes(automata: &[&Automaton]) -> Vec<u8> {
    let mut kinds: BTreeSet<Vec<u8>> = BTreeSet::new();
    let letters = (b'a'..=b'z').chain(b'/'..=b'9').chain(b'A'..=b'Z').chain(*b"-._~!$&'()*+,;=:@%");
    letters.filter(|byte| kinds.insert(automata.iter().map(|one| one.nfa.byte_classes().get(*byte)).collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::{Expression, Overlap};

    fn expression(regex: &str) -> Expression {
        Expression::new(regex.to_owned())
    }

    fn overlap(one: &str, other: &str) -> Overlap {
        expression(one).overlaps(&expression(other))
    }

    fn covers(wide: &str, narrow: &str) -> Option<bool> {
        expression(wide).covers(&expression(narrow))
    }

    #[test]
    fn a_path_shows_the_overlap() {
        assert_eq!(overlap("/v1/[^/]+", "/v1/health"), Overlap::Path("/v1/health".to_owned()));
        assert_eq!(overlap("/(foo|bar)/[0-9]+", "/b[a-z]r/[0-9]{3}"), Overlap::Path("/bar/000".to_owned()));
    }

    #[test]
    fn disjoint_expressions_have_none() {
        assert_eq!(overlap("/v1/[a-m]+", "/v1/[n-z]+"), Overlap::Never);
        assert_eq!(overlap("/v1/[^/]+", "/v1/a/b"), Overlap::Never);
    }

    #[test]
    fn an_assertion_looks_at_the_bytes_around_it() {
        assert_eq!(overlap(r"/a\b.*", "/a[a-z]"), Overlap::Never);
        assert_eq!(overlap(r"/a\b.*", "/a[a-z-]"), Overlap::Path("/a-".to_owned()));
        assert_eq!(overlap(r"^/a$", "/a"), Overlap::Path("/a".to_owned()));
        assert_eq!(covers(r"/\w+\b", "/[a-z]+"), Some(true));
    }

    #[test]
    fn a_wider_expression_covers_a_narrower_one() {
        assert_eq!(covers("/v0/.*", "/v0/(score|rank)"), Some(true));
        assert_eq!(covers("/v0/[a-s]+", "/v0/(score|rank|top)"), Some(false));
        assert_eq!(covers("/v1/[^/]+", "/v1/.*"), Some(false));
    }

    #[test]
    fn expressions_whose_deterministic_automaton_is_large_are_told_apart_too() {
        assert_eq!(overlap("/.*a.{20}", "/.*b.{20}"), Overlap::Never);
        assert_eq!(overlap("/.*a.{20}", "/.*b.{19}"), Overlap::Path(format!("/ab{}", "a".repeat(19))));
        assert_eq!(covers("/.*a.{20}", "/.*"), Some(false));
    }

    #[test]
    fn what_is_too_large_is_not_guessed() {
        assert_eq!(covers("/.*a.{20}", "/.*a[a-z]{20}"), None);
        assert_eq!(overlap("/([ab]{300})?x.{300}", "/([ab]{301})?y.{301}"), Overlap::Never);
    }

    #[test]
    fn what_is_left_of_one_has_its_shortest_path() {
        let (letters, digits) = (expression("/[a-z]*"), expression("/[^/]*[0-9]"));
        assert_eq!(expression("/[^/]+").outside(&[&letters]).as_deref(), Some("/0"));
        assert_eq!(expression("/[^/]+").outside(&[&letters, &digits]).as_deref(), Some("/A"));
        assert_eq!(expression("/[a-z]").outside(&[&digits, &letters]), None);
        assert!(digits.matches("/a0") && !digits.matches("/a"));
    }
}
