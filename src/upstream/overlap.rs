//! Sets of paths: whether two expressions match one path, whether one matches all that another matches, and what is left
//! of one without others. Paths of requests are ASCII, so only printable ASCII is searched.
//!
//! Every search walks the nondeterministic automata themselves. A deterministic one of `/.*a.{20}` has a million states.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use regex_automata::nfa::thompson::{Compiler, Config, NFA, State, WhichCaptures};
use regex_automata::util::look::LookMatcher;
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;

/// How many steps one search may take before it gives up.
const MAX_STEPS: usize = 1 << 14;

/// How many sets one search may compare before it gives up.
const MAX_COMPARED: usize = 1 << 16;

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
}

impl Expression {
    pub(crate) fn new(regex: String) -> Self {
        Self { regex, automaton: OnceCell::new() }
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
        match escape(narrow.automaton()?, &[self.automaton()?]) {
            Overlap::Never => Some(true),
            Overlap::Path(_) => Some(false),
            Overlap::Unknown => None,
        }
    }

    /// The shortest path that matches, if there is one that is found in time.
    pub(crate) fn example(&self) -> Option<String> {
        self.outside(&[])
    }

    /// The shortest path that matches this and none of the others, if there is one that is found in time.
    pub(crate) fn outside(&self, others: &[&Self]) -> Option<String> {
        let automata: Vec<&Automaton> = others.iter().filter_map(|other| other.automaton()).collect();
        match escape(self.automaton()?, &automata) {
            Overlap::Path(path) => Some(path),
            Overlap::Never | Overlap::Unknown => None,
        }
    }

    /// The text that every path begins with which matches, as far as it can be read off the expression.
    pub(crate) fn beginning(&self) -> String {
        self.automaton().map(Automaton::beginning).unwrap_or_default()
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
        let states = (0..nfa.states().len()).map(StateID::new_unchecked);
        let reached = (!has_assertions).then(|| states.map(|state| reach(&nfa, state, None, None)).collect());
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

    /// The bytes of the first states, as long as there is one state with one byte. Nothing is read past an assertion.
    fn beginning(&self) -> String {
        let (mut beginning, mut state) = (String::new(), self.start());
        while let Some([only]) = self.reached.as_ref().map(|reached| &*reached[state]) {
            match self.nfa.state(*only) {
                State::ByteRange { trans } if trans.start == trans.end && trans.start.is_ascii() => {
                    beginning.push(char::from(trans.start));
                    state = trans.next;
                }
                _ => break,
            }
        }
        beginning
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
}

impl<P> Search<P> {
    fn from(start: P) -> Self {
        Self { places: vec![(start, None)] }
    }

    /// A place that a byte leads to from another.
    fn add(&mut self, place: P, from: usize, byte: u8) {
        self.places.push((place, Some((from, byte))));
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
    let start = (one.start(), other.start(), None);
    let (mut search, mut known) = (Search::from(start), BTreeSet::from([start]));
    let mut at = 0;
    while let Some(&((first, second, before), _)) = search.places.get(at) {
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
                for place in seconds.iter().map(|second| (first, *second, behind)) {
                    if known.insert(place) {
                        search.add(place, at, *byte);
                    }
                }
            }
        }
        at += 1;
    }
    Overlap::Never
}

/// States of several automata, each with the place of its automaton.
type Followed = BTreeSet<(usize, StateID)>;

/// Looks for a path that `own` accepts and none of the others does. Where the others are in fewer states, whatever
/// escapes them from more states does so too: only the least such sets are followed (De Wulf, Doyen, Henzinger and
/// Raskin, Antichains, 2006), and most searches end after a few steps.
fn escape(own: &Automaton, others: &[&Automaton]) -> Overlap {
    let all: Vec<&Automaton> = others.iter().copied().chain([own]).collect();
    let bytes = bytes(&all);
    let followed: Followed = others.iter().enumerate().map(|(at, other)| (at, other.start())).collect();
    let mut least = BTreeMap::from([((own.start(), None), vec![followed.clone()])]);
    let mut search = Search::from((own.start(), followed, None));
    let (mut at, mut compared) = (0, 0);
    while let Some(((state, followed, before), _)) = search.places.get(at).cloned() {
        if least.get(&(state, before)).is_none_or(|least| !least.contains(&followed)) {
            at += 1;
            continue;
        }
        if own.accepts(state, before) && !followed.iter().any(|(other, state)| others[*other].accepts(*state, before)) {
            return Overlap::Path(search.path(at));
        }
        for byte in &bytes {
            let next = own.step(state, before, *byte);
            if next.is_empty() {
                continue;
            }
            let behind = all.iter().find_map(|automaton| automaton.memory(*byte));
            let stepped = followed
                .iter()
                .flat_map(|(other, state)| others[*other].step(*state, before, *byte).into_iter().map(|state| (*other, state)));
            let followed: Followed = stepped.collect();
            for state in next {
                let least = least.entry((state, behind)).or_default();
                compared += 1 + least.len();
                if !least.iter().any(|fewer| fewer.is_subset(&followed)) {
                    least.retain(|more| !followed.is_subset(more));
                    least.push(followed.clone());
                    search.add((state, followed.clone(), behind), at, *byte);
                }
            }
        }
        if compared > MAX_COMPARED {
            return Overlap::Unknown;
        }
        at += 1;
    }
    Overlap::Never
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
        assert_eq!(covers("/.*a.{20}", "/.*a[a-z]{20}"), Some(true));
    }

    #[test]
    fn the_beginning_is_what_all_paths_share() {
        for (regex, beginning) in
            [("/v1/m[0-9]", "/v1/m"), ("/(a|b)", "/"), ("(?i)/v1", "/"), (".*", ""), ("/a(b)?", "/a"), (r"/a\b", "")]
        {
            assert_eq!(expression(regex).beginning(), beginning, "{regex}");
        }
    }

    #[test]
    fn what_is_too_large_is_not_guessed() {
        assert_eq!(covers("/.*a.{30}|/.*b.{30}|/.{0,30}", "/[ab]*"), None);
        assert_eq!(overlap("/(a.{130})*b", "/(a.{131})*c.{20000}"), Overlap::Unknown);
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
