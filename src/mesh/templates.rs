//! Templates by their segments, so that those which a request may share are found without looking at all of them.

use std::collections::BTreeMap;

use crate::value::Segment;

/// The templates that go on in the same way so far.
#[derive(Debug, Default)]
pub(super) struct Templates {
    by_literal: BTreeMap<String, Templates>,
    behind_open: Option<Box<Templates>>,
    /// The numbers of those that end in a rest here.
    with_rest: Vec<usize>,
    /// The numbers of those that end here.
    ending: Vec<usize>,
}

impl Templates {
    /// Adds a template under a number.
    pub(super) fn insert(&mut self, segments: &[Segment], number: usize) {
        match segments {
            [] => self.ending.push(number),
            [Segment::Rest, ..] => self.with_rest.push(number),
            [Segment::Open, behind @ ..] => self.behind_open.get_or_insert_default().insert(behind, number),
            [Segment::Literal(text), behind @ ..] => {
                self.by_literal.entry(text.clone()).or_default().insert(behind, number);
            }
        }
    }

    /// Adds the numbers of all templates of which a look at the segments leaves it open that a request matches them too.
    pub(super) fn add_meeting(&self, segments: &[Segment], meeting: &mut Vec<usize>) {
        let [first, behind @ ..] = segments else { return meeting.extend(&self.ending) };
        meeting.extend(&self.with_rest);
        match first {
            Segment::Rest => self.children().for_each(|child| child.add_all(meeting)),
            Segment::Open => self.children().for_each(|child| child.add_meeting(behind, meeting)),
            Segment::Literal(text) => {
                let children = self.by_literal.get(text).into_iter().chain(self.behind_open.as_deref());
                children.for_each(|child| child.add_meeting(behind, meeting));
            }
        }
    }

    fn children(&self) -> impl Iterator<Item = &Self> {
        self.by_literal.values().chain(self.behind_open.as_deref())
    }

    fn add_all(&self, meeting: &mut Vec<usize>) {
        meeting.extend(self.with_rest.iter().chain(&self.ending));
        self.children().for_each(|child| child.add_all(meeting));
    }
}

#[cfg(test)]
mod tests {
    use super::Templates;
    use crate::value::PathTemplate;

    #[test]
    fn segments_tell_templates_apart() {
        for (one, other, may_meet) in [
            ("/a/{x}/r1", "/a/{x}/r2", false),
            ("/a/{x}", "/a/b/c", false),
            ("/{x}/b", "/a/{y}", true),
            ("/a/{rest*}", "/a", false),
            ("/a/{rest*}", "/a/b/c", true),
            ("/a{x}", "/b{x}", true),
            ("/{rest*}", "/", true),
        ] {
            assert_eq!(meet(one, other), may_meet, "{one} {other}");
            assert_eq!(meet(other, one), may_meet, "{other} {one}");
        }
    }

    fn meet(one: &str, other: &str) -> bool {
        let [one, other] = [one, other].map(|text| PathTemplate::parse(text).expect("a template").segments());
        let (mut templates, mut meeting) = (Templates::default(), Vec::new());
        templates.insert(&one, 0);
        templates.add_meeting(&other, &mut meeting);
        meeting == [0]
    }
}
