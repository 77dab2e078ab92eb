//! Whether two expressions of paths can match one request, and a path that shows it: a walk over the
//! product of two automata. Paths of requests are ASCII, so only printable ASCII is walked.

use std::cell::OnceCell;
use std::collections::{BTreeMap, VecDeque};

use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};

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

/// An expression of paths, anchored at both ends. Its automaton is made when it is first asked for, and
/// kept.
pub(crate) struct Expression {
    regex: String,
    automaton: OnceCell<Option<Dense>>,
}

impl Expression {
    pub(crate) fn new(regex: String) -> Self {
        Self { regex, automaton: OnceCell::new() }
    }

    /// Whether a path matches both.
    pub(crate) fn overlaps(&self, other: &Self) -> Overlap {
        self.walk(other, Goal { accepts: |one, other| one && other, hopeless: |one, other| one || other })
    }

    /// Whether every path that matches `narrow` matches this too; `None` where that cannot be told.
    pub(crate) fn covers(&self, narrow: &Self) -> Option<bool> {
        match self.walk(narrow, Goal { accepts: |wide, narrow| narrow && !wide, hopeless: |_, narrow| narrow }) {
            Overlap::Never => Some(true),
            Overlap::Path(_) => Some(false),
            Overlap::Unknown => None,
        }
    }

    /// A path that matches, if there is one that is easily found.
    pub(crate) fn example(&self) -> Option<String> {
        match self.overlaps(self) {
            Overlap::Path(path) => Some(path),
            Overlap::Never | Overlap::Unknown => None,
        }
    }

    fn walk(&self, other: &Self, goal: Goal) -> Overlap {
        match (self.automaton(), other.automaton()) {
            (Some(one), Some(other)) => walk(one, other, goal),
            _ => Overlap::Unknown,
        }
    }

    fn automaton(&self) -> Option<&Dense> {
        self.automaton.get_or_init(|| automaton(&self.regex)).as_ref()
    }
}

/// What a walk looks for: a path, by which of the two accept it; and when it can give up, by which of
/// the two will never accept anything more.
struct Goal {
    accepts: fn(bool, bool) -> bool,
    hopeless: fn(bool, bool) -> bool,
}

/// A state of each of the two.
type Pair = (StateID, StateID);

type Dense = dense::DFA<Vec<u32>>;

fn automaton(regex: &str) -> Option<Dense> {
    const MOST_BYTES: usize = 1 << 18;
    let build = |unicode: bool| {
        dense::Builder::new()
            .configure(
                dense::Config::new()
                    .match_kind(MatchKind::All)
                    .start_kind(regex_automata::dfa::StartKind::Anchored)
                    .dfa_size_limit(Some(MOST_BYTES))
                    .determinize_size_limit(Some(MOST_BYTES)),
            )
            .syntax(syntax::Config::new().unicode(unicode).utf8(false))
            .build(&format!("^(?:{regex})$"))
            .ok()
    };
    build(true).or_else(|| build(false))
}

fn walk(one: &Dense, other: &Dense, goal: Goal) -> Overlap {
    const MOST_STATES: usize = 100_000;
    let start = |dfa: &Dense| dfa.start_state_forward(&Input::new("").anchored(Anchored::Yes)).ok();
    let Some(first) = start(one).zip(start(other)) else { return Overlap::Unknown };
    let mut came_from: BTreeMap<Pair, Option<(Pair, u8)>> = BTreeMap::from([(first, None)]);
    let mut queue = VecDeque::from([first]);
    let accepts = |dfa: &Dense, state: StateID| dfa.is_match_state(dfa.next_eoi_state(state));
    while let Some(pair) = queue.pop_front() {
        if (goal.accepts)(accepts(one, pair.0), accepts(other, pair.1)) {
            let mut path = Vec::new();
            let mut at = pair;
            while let Some(Some((before, byte))) = came_from.get(&at) {
                path.push(*byte);
                at = *before;
            }
            path.reverse();
            return Overlap::Path(String::from_utf8_lossy(&path).into_owned());
        }
        if came_from.len() > MOST_STATES {
            return Overlap::Unknown;
        }
        for byte in path_bytes() {
            let next = (one.next_state(pair.0, byte), other.next_state(pair.1, byte));
            if (goal.hopeless)(one.is_dead_state(next.0), other.is_dead_state(next.1)) || came_from.contains_key(&next) {
                continue;
            }
            came_from.insert(next, Some((pair, byte)));
            queue.push_back(next);
        }
    }
    Overlap::Never
}

/// Letters first, so that the path that is shown is one that a person could have written.
fn path_bytes() -> impl Iterator<Item = u8> {
    (b'a'..=b'z').chain(b'/'..=b'9').chain(b'A'..=b'Z').chain(*b"-._~!$&'()*+,;=:@%")
}

#[cfg(test)]
mod tests {
    use super::{Expression, Overlap};

    fn overlap(one: &str, other: &str) -> Overlap {
        Expression::new(one.to_owned()).overlaps(&Expression::new(other.to_owned()))
    }

    fn covers(wide: &str, narrow: &str) -> Option<bool> {
        Expression::new(wide.to_owned()).covers(&Expression::new(narrow.to_owned()))
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
    fn a_wider_expression_covers_a_narrower_one() {
        assert_eq!(covers("/v0/.*", "/v0/(score|rank)"), Some(true));
        assert_eq!(covers("/v0/[a-s]+", "/v0/(score|rank|top)"), Some(false));
        assert_eq!(covers("/v1/[^/]+", "/v1/.*"), Some(false));
    }

    #[test]
    fn what_is_too_large_is_not_guessed() {
        assert_eq!(overlap("/.*a.{20}", "/.*b.{20}"), Overlap::Unknown);
    }
}
