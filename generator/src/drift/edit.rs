//! One edit, before anybody judges it.

use super::effect::Effect;
use super::kind::Kind;
use super::level::Level;
use serde_json::Value;

/// Where values go: the bits of [`Reach`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Reach(u8);

impl Reach {
    pub(super) const REQUEST: Self = Self(1);
    pub(super) const SUCCESS: Self = Self(2);
    pub(super) const FAILURE: Self = Self(4);
    /// In a request, below a `not`.
    const NOT_REQUEST: Self = Self(8);
    /// In a response, below a `not`.
    const NOT_RESPONSE: Self = Self(16);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is left of it on the way through an edge.
    pub(super) fn through(self, through: Through) -> Self {
        let mut bits = self.0;
        if through.read_only {
            bits &= !(Self::REQUEST.0 | Self::NOT_REQUEST.0);
        }
        if through.write_only {
            bits &= !(Self::SUCCESS.0 | Self::FAILURE.0 | Self::NOT_RESPONSE.0);
        }
        let reach = Self(bits);
        if !through.not {
            return reach;
        }
        let mut below = Self(bits & (Self::NOT_REQUEST.0 | Self::NOT_RESPONSE.0));
        if reach.has(Self::REQUEST) {
            below = below.and(Self::NOT_REQUEST);
        }
        if reach.has(Self::SUCCESS.and(Self::FAILURE)) {
            below = below.and(Self::NOT_RESPONSE);
        }
        below
    }

    pub(super) fn in_request(self) -> bool {
        self.has(Self::REQUEST.and(Self::NOT_REQUEST))
    }

    pub(super) fn in_response(self) -> bool {
        self.has(Self::SUCCESS.and(Self::FAILURE).and(Self::NOT_RESPONSE))
    }

    /// Whether all of it is below a `not`, where nobody can tell narrower from wider.
    pub(super) fn is_inverted(self, request: bool) -> bool {
        if request { !self.has(Self::REQUEST) } else { !self.has(Self::SUCCESS.and(Self::FAILURE)) }
    }

    /// Whether the responses that it is in say that something went wrong.
    pub(super) fn is_failure_only(self) -> bool {
        self.has(Self::FAILURE) && !self.has(Self::SUCCESS)
    }
}

/// What an edge lets through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Through {
    /// Not in requests: the member is read only on both sides.
    pub(super) read_only: bool,
    /// Not in responses: the member is write only on both sides.
    pub(super) write_only: bool,
    /// What is below must not hold.
    pub(super) not: bool,
}

/// One edit, and what must be known to judge it; of pairs the old side is first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Edit {
    pub(super) kind: Kind,
    /// Which of its kind: the name of the member, the keyword, the status.
    pub(super) name: String,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
    /// Where each side declares it.
    pub(super) at: [String; 2],
    /// Whether each side says anything there.
    pub(super) stated: [bool; 2],
    /// Whether it is required, on the side that has it.
    pub(super) required: [bool; 2],
    /// Whether members that are not named are refused.
    pub(super) closed: [bool; 2],
    /// Whether it was deprecated.
    pub(super) deprecated: [bool; 2],
    /// Whether anybody may call the operation, on the side that has it.
    pub(super) public: [bool; 2],
}

impl Edit {
    pub(super) fn new(kind: Kind, name: impl Into<String>, at: [String; 2]) -> Self {
        Self {
            kind,
            name: name.into(),
            before: None,
            after: None,
            at,
            stated: [true, true],
            required: [false; 2],
            closed: [false; 2],
            deprecated: [false; 2],
            public: [false; 2],
        }
    }

    /// With what each side says.
    pub(super) fn values(mut self, [before, after]: [Option<Value>; 2]) -> Self {
        self.stated = [before.is_some(), after.is_some()];
        self.before = before;
        self.after = after;
        self
    }

    /// The edit that takes it back.
    pub(super) fn mirror(&self) -> Self {
        let swap = |[a, b]: [bool; 2]| [b, a];
        let [old, new] = self.at.clone();
        Self {
            kind: self.kind.mirror(),
            name: self.name.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
            at: [new, old],
            stated: swap(self.stated),
            required: swap(self.required),
            closed: swap(self.closed),
            deprecated: swap(self.deprecated),
            public: swap(self.public),
        }
    }

    /// What it does to requests, and to responses.
    pub(super) fn effects(&self) -> [Effect; 2] {
        let [mut request, response] = self.kind.effects();
        let required = self.required.contains(&true);
        let own = matches!(
            self.kind,
            Kind::ParameterAdded
                | Kind::ParameterRemoved
                | Kind::BodyAdded
                | Kind::BodyRemoved
                | Kind::PropertyAdded
                | Kind::PropertyRemoved
                | Kind::ReadOnlySet
                | Kind::ReadOnlyUnset
        );
        // A request without it is refused on one side, one with it is not known on the other.
        if own && required {
            request = Effect::Incomparable;
        }
        [request, response]
    }

    /// Its effect in one direction, where it reaches that at all.
    pub(super) fn effect(&self, reach: Reach, request: bool) -> Option<Effect> {
        let there = if request { reach.in_request() } else { reach.in_response() };
        let effect = self.effects()[usize::from(!request)];
        let inverted = reach.is_inverted(request) && effect != Effect::Equal;
        there.then_some(if inverted { Effect::Unknown } else { effect })
    }

    /// The level of its being there.
    pub(super) fn level(&self, reach: Reach) -> Level {
        super::level::of(self, reach)
    }
}
