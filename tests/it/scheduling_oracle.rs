//! Common slots against independent answers, and the promise that what is listed can be booked.

use jiff::civil::Date;
use kinward::scheduling::{
    Calendar, Query, Removed, SlotRefusal, Span, Week, WeeklyRule, Window, check_slot, common_slots, tzdb_version, zone,
};
use proptest::prelude::*;
use serde_json::Value;

// The answers were found minute by minute with tzdata 2026f: with older data nine cases in Casablanca, which leaves summer
// time for good in autumn 2026, come out an hour off.
const CASES: &str = include_str!("data/scheduling/cases.json");
const EXPECTED: &str = include_str!("data/scheduling/expected.json");
const DST: &str = include_str!("data/scheduling/dst_cases.json");

fn int(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

fn minute(value: &Value) -> u16 {
    u16::try_from(int(value)).unwrap()
}

fn date(value: &Value) -> Date {
    value.as_str().unwrap().parse().unwrap()
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    value.as_array().unwrap().iter().map(read).collect()
}

fn calendar(party: &Value) -> Calendar {
    Calendar {
        zone: zone(party["tz"].as_str().unwrap()).unwrap(),
        rules: list(&party["rules"], |r| WeeklyRule {
            weekday: u8::try_from(int(&r[0])).unwrap(),
            start_min: minute(&r[1]),
            end_min: minute(&r[2]),
        }),
        removed: list(&party["removed"], |r| Removed { rule: usize::try_from(int(&r[0])).unwrap(), date: date(&r[1]) }),
        added: list(&party["added"], |a| Window {
            date: date(&a[0]),
            start_min: minute(&a[1]),
            end_min: minute(&a[2]),
        }),
        busy: list(&party["busy"], |b| Span { start: int(&b[0]), end: int(&b[1]) }),
    }
}

#[test]
fn all_common_slots_agree_with_the_oracle() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    let expected: Vec<Vec<i64>> = serde_json::from_str(EXPECTED).unwrap();
    assert_eq!((cases.len(), expected.len()), (301, 301));
    for (index, (case, want)) in cases.iter().zip(&expected).enumerate() {
        let query = Query {
            start: int(&case["start"]),
            horizon: int(&case["weeks"]) * 7 * 1440,
            duration: int(&case["dur"]),
            buffer: int(&case["buffer"]),
            count: usize::try_from(int(&case["count"])).unwrap(),
        };
        let (mentor, family) = (calendar(&case["mentor"]), calendar(&case["family"]));
        assert_eq!(&common_slots(&mentor, &family, query), want, "case {index}");
        for start in want {
            assert_eq!(check_slot(&mentor, &family, query, *start), Ok(()), "case {index}");
        }
    }
}

#[test]
fn windows_are_right_where_clocks_change() {
    let cases: Vec<Value> = serde_json::from_str(DST).unwrap();
    assert_eq!(cases.len(), 28);
    for case in &cases {
        let window =
            Window { date: date(&case["date"]), start_min: minute(&case["start"]), end_min: minute(&case["end"]) };
        let want = list(&case["runs"], |r| Span { start: int(&r[0]), end: int(&r[1]) });
        assert_eq!(window.spans(&zone(case["zone"].as_str().unwrap()).unwrap()), want, "{}", case["name"]);
    }
}

#[test]
fn zones_come_from_the_bundled_data() {
    assert!(tzdb_version() >= "2026f", "{}", tzdb_version());
    assert!(zone("America/Vancouver").is_some());
    for unknown in ["", "Mars/Olympus", "../etc/passwd", &"x".repeat(500)] {
        assert!(zone(unknown).is_none(), "{unknown}");
    }
}

const ZONES: [&str; 8] = [
    "UTC",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Santiago",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "Antarctica/Troll",
];

fn any_calendar() -> impl Strategy<Value = Calendar> {
    let rule = (0..7_u8, 0..1380_u16, 15..600_u16).prop_map(|(weekday, start_min, length)| WeeklyRule {
        weekday,
        start_min,
        end_min: (start_min + length).min(1440),
    });
    let removed = (0..4_usize, 0..60_i32).prop_map(|(rule, day)| Removed { rule, date: day_after(day) });
    let added = (0..60_i32, 0..1380_u16, 15..300_u16).prop_map(|(day, start_min, length)| Window {
        date: day_after(day),
        start_min,
        end_min: (start_min + length).min(1440),
    });
    let busy =
        (0..80_000_i64, 1..180_i64).prop_map(|(at, length)| Span { start: START + at, end: START + at + length });
    (
        proptest::sample::select(ZONES.as_slice()),
        prop::collection::vec(rule, 1..5),
        prop::collection::vec(removed, 0..4),
        prop::collection::vec(added, 0..3),
        prop::collection::vec(busy, 0..12),
    )
        .prop_map(|(name, rules, removed, added, busy)| Calendar {
            zone: zone(name).unwrap(),
            rules,
            removed,
            added,
            busy,
        })
}

/// 2026-03-01T00:00Z: the clock changes of both hemispheres lie in the eight weeks that follow.
const START: i64 = 29_538_720;

fn day_after(days: i32) -> Date {
    "2026-03-01".parse::<Date>().unwrap().checked_add(jiff::Span::new().days(days)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_listed_can_be_booked_and_nothing_else(mentor in any_calendar(), family in any_calendar(),
            duration in 15..=120_i64, late in 0..100_i64) {
        let start = START + late;
        let query = Query::usual(start, duration, 50);
        let week = Week::new(&mentor, &family, query);
        let listed = week.slots();
        let last = listed.last().copied().unwrap_or(start + query.horizon);
        let until = if listed.len() < 50 { start + query.horizon } else { last };
        for at in start - 30..=until {
            prop_assert_eq!(week.check(at).is_ok(), listed.contains(&at), "minute {}", at);
        }
        // The predicate itself, restated by the local clock, minute by minute.
        for at in listed.iter().take(3) {
            for inside in *at..*at + duration {
                prop_assert!(reads_inside(&mentor, inside) && reads_inside(&family, inside));
            }
        }
        prop_assert_eq!(week.check(start - 15 - start.rem_euclid(15)), Err(SlotRefusal::OutOfRange));
    }
}

fn reads_inside(calendar: &Calendar, minute: i64) -> bool {
    let local = calendar.zone.to_datetime(jiff::Timestamp::from_second(minute * 60).unwrap());
    let clock = u16::try_from(local.hour()).unwrap() * 60 + u16::try_from(local.minute()).unwrap();
    let inside = |start: u16, end: u16| (start..end).contains(&clock);
    let weekday = u8::try_from(local.weekday().to_monday_zero_offset()).unwrap();
    calendar.added.iter().any(|w| w.date == local.date() && inside(w.start_min, w.end_min))
        || calendar.rules.iter().enumerate().any(|(index, rule)| {
            rule.weekday == weekday
                && inside(rule.start_min, rule.end_min)
                && !calendar.removed.iter().any(|r| r.rule == index && r.date == local.date())
        })
}
