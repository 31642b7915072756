//! Enums whose texts the database stores, and state machines with one transition table each.
//!
//! The text of a value is written once, beside the variant: serde, the store and the checks all read it from there.

use super::{Code, Problem};

/// Declares an enum with the snake_case text of each value: `ALL`, `as_str`, `parse`, `Display`, serde.
macro_rules! texts {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$inner:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        $vis enum $name {
            $($(#[$inner])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text that the database stores.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }

            /// Reads the stored text back; `None` for any other text.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// Declares a state machine: an enum as `texts!` makes it, the states in which it may begin, and its one table.
macro_rules! machine {
    (
        $(#[$meta:meta])* $vis:vis machine $name:ident($machine:literal) {
            $($(#[$inner:meta])* $variant:ident = $text:literal),+ $(,)?
        }
        begins [$($initial:ident),+]
        $($from:ident => [$($to:ident),* $(,)?]),+ $(,)?
    ) => {
        $crate::kernel::states::texts! {
            $(#[$meta])*
            $vis enum $name { $($(#[$inner])* $variant = $text),+ }
        }

        impl $name {
            /// The transition table: every step that is allowed, and no other.
            pub const STEPS: &'static [(Self, Self)] = &[$($((Self::$from, Self::$to),)*)+];
            /// The states in which a new one may begin.
            pub const INITIAL: &'static [Self] = &[$(Self::$initial),+];

            /// Whether the table allows this step.
            #[must_use]
            pub fn may_become(self, to: Self) -> bool {
                Self::STEPS.contains(&(self, to))
            }

            /// Refuses a step that the table does not allow, with the code `WRONG_STATE`. `path` is the dotted path of
            /// the input field that names the thing.
            pub fn check(self, to: Self, path: &str) -> Result<(), $crate::kernel::Problem> {
                if self.may_become(to) {
                    Ok(())
                } else {
                    Err($crate::kernel::states::wrong_state($machine, (self.as_str(), to.as_str()), path))
                }
            }

            /// Whether nothing can follow any more.
            #[must_use]
            pub fn is_final(self) -> bool {
                !Self::STEPS.iter().any(|(from, _)| *from == self)
            }

            /// The machine in texts, to be compared with the triggers of the database.
            #[must_use]
            pub fn table() -> $crate::kernel::states::Table {
                $crate::kernel::states::Table {
                    machine: $machine,
                    states: Self::ALL.iter().map(|s| s.as_str()).collect(),
                    initial: Self::INITIAL.iter().map(|s| s.as_str()).collect(),
                    steps: Self::STEPS.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect(),
                }
            }
        }
    };
}

pub(crate) use machine;
pub(crate) use texts;

/// A state machine as the database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The table whose `state` column this rules, for example `support_request`.
    pub machine: &'static str,
    /// All states.
    pub states: Vec<&'static str>,
    /// The states in which a row may be inserted.
    pub initial: Vec<&'static str>,
    /// The allowed steps (from, to).
    pub steps: Vec<(&'static str, &'static str)>,
}

/// The refusal of a step (from, to): names the states, which are no secret to anyone who may try the step, and at `path`
/// the input field that names the thing.
#[must_use]
pub fn wrong_state(machine: &str, (from, to): (&str, &str), path: &str) -> Problem {
    let (what, from, to) =
        (machine.trim_start_matches("peer_").replace('_', " "), from.replace('_', " "), to.replace('_', " "));
    Problem::at(Code::WrongState, path, format!("This {what} is {from}; it cannot become {to} now."))
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the machine under test is local, but the macro writes public items")]
mod tests {
    use super::*;

    machine! {
        /// A lamp.
        machine Lamp("street_lamp") {
            /// Dark.
            Off = "off",
            /// Lit.
            On = "on",
            /// Done for.
            Broken = "broken_down",
        }
        begins [Off]
        Off => [On],
        On => [Off, Broken],
    }

    #[test]
    fn only_the_table_is_allowed() {
        assert!(Lamp::Off.check(Lamp::On, "input.lampId").is_ok());
        let problem = Lamp::Off.check(Lamp::Broken, "input.lampId").unwrap_err();
        assert_eq!((problem.code, problem.field().join(".").as_str()), (Code::WrongState, "input.lampId"));
        assert_eq!(problem.message, "This street lamp is off; it cannot become broken down now.");
        assert!(Lamp::Broken.is_final());
        assert!(!Lamp::On.is_final());
        assert!(!Lamp::On.may_become(Lamp::On));
    }

    #[test]
    fn texts_round_trip_in_every_way() {
        for lamp in Lamp::ALL {
            assert_eq!(Lamp::parse(lamp.as_str()), Some(*lamp));
            assert_eq!(serde_json::to_string(lamp).unwrap(), format!("\"{lamp}\""));
        }
        assert_eq!(Lamp::parse("Off"), None);
        assert_eq!(Lamp::table().steps, [("off", "on"), ("on", "off"), ("on", "broken_down")]);
        assert_eq!(Lamp::table().initial, ["off"]);
    }
}
