//! The tables of break-glass. Private to the feature.

pub(super) mod glass {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "break_glass")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub programme_id: Uuid,
        pub family_id: Uuid,
        pub opened_by: Uuid,
        pub category: String,
        pub reason_sealed: Vec<u8>,
        pub state: String,
        pub opened_at: At,
        pub ends_at: At,
        pub ended_at: Option<At>,
        pub ended_by: Option<Uuid>,
        pub tell_at: At,
        pub review_due_at: At,
        pub version: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod delay {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "break_glass_delay")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub break_glass_id: Uuid,
        pub until_at: At,
        pub reason_sealed: Vec<u8>,
        pub set_by: Uuid,
        pub set_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod review {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "break_glass_review")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub break_glass_id: Uuid,
        pub verdict: String,
        pub note_sealed: Vec<u8>,
        pub reviewed_by: Uuid,
        pub reviewed_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
