//! The tables of scheduling, private to the feature.

pub(super) mod session {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub match_id: Uuid,
        pub family_id: Uuid,
        pub mentor_id: Uuid,
        pub programme_id: Uuid,
        pub state: String,
        pub starts_at: At,
        pub ends_at: At,
        pub zone: String,
        pub booked_by: Uuid,
        pub booked_side: String,
        pub hold_expires_at: Option<At>,
        pub cancelled_side: Option<String>,
        pub cancel_reason_sealed: Option<Vec<u8>>,
        pub no_show_side: Option<String>,
        pub wellbeing: Option<i32>,
        pub outcome_sealed: Option<Vec<u8>>,
        pub created_at: At,
        pub updated_at: At,
        pub version: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod rule {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "availability_rule")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub mentor_id: Uuid,
        pub zone: String,
        pub weekday: i32,
        pub start_min: i32,
        pub end_min: i32,
        pub created_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod exception {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "availability_exception")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub mentor_id: Option<Uuid>,
        pub family_id: Option<Uuid>,
        pub kind: String,
        pub on_date: String,
        pub start_min: Option<i32>,
        pub end_min: Option<i32>,
        pub created_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
