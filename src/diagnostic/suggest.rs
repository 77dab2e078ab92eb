//! The nearest right name for a wrong one.

/// The one of `known` that is most like `wrong`, if any is like it at all: a third of its letters may
/// differ, and swapped neighbours count once. Of two letters one may be missing, or both be swapped: `ge` is a slip for
/// `get`, and `v3` is none for `v1`.
pub(crate) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = wrong.chars().count() / 3;
    known
        .into_iter()
        .map(|name| (distance(wrong, name), name))
        .filter(|&(distance, name)| {
            distance <= most || distance == 1 && (letters(wrong) == letters(name) || lacks_one(wrong, name))
        })
        .min()
        .map(|(_, name)| name)
}

/// Whether one letter is missing in a word of two or more.
fn lacks_one(wrong: &str, known: &str) -> bool {
    let length = wrong.chars().count();
    length >= 2 && known.chars().count() == length + 1
}

fn letters(name: &str) -> Vec<char> {
    let mut letters: Vec<char> = name.chars().collect();
    letters.sort_unstable();
    letters
}

/// Whether the two differ in capitals, hyphens and underscores alone.
pub(super) fn is_spelling(wrong: &str, known: &str) -> bool {
    plain(wrong) == plain(known)
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace(['_', '-'], "")
}

fn distance(wrong: &str, known: &str) -> usize {
    strsim::damerau_levenshtein(&wrong.to_lowercase().replace('_', "-"), known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        assert_eq!(nearest("recomender", ["recommender", "ranker"]), Some("recommender"));
        assert_eq!(nearest("max_surge", ["max-surge", "max-unavailable"]), Some("max-surge"));
        assert_eq!(nearest("Timeout", ["timeout"]), Some("timeout"));
        assert_eq!(nearest("iamge", ["image"]), Some("image"));
        assert_eq!(nearest("lm", ["ml"]), Some("ml"));
        assert_eq!(nearest("ge", ["put", "get"]), Some("get"));
    }

    #[test]
    fn a_different_word_is_not() {
        assert_eq!(nearest("gpu", ["image", "port"]), None);
        assert_eq!(nearest("v3", ["v1", "v2"]), None);
        assert_eq!(nearest("V1", ["v1", "v2"]), Some("v1"));
    }
}
