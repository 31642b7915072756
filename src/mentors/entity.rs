//! The tables of mentors.

pub(super) mod mentor {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mentor")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub programme_id: Uuid,
        pub account_id: Option<Uuid>,
        pub state: String,
        pub languages: String,
        pub topics: String,
        pub profile: String,
        pub about_sealed: Option<Vec<u8>>,
        pub matching_keys_sealed: Option<Vec<u8>>,
        pub capacity: i32,
        pub zone: String,
        pub created_at: At,
        pub updated_at: At,
        pub version: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod evidence {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mentor_evidence")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub mentor_id: Uuid,
        pub kind: String,
        pub obtained_on: String,
        pub expires_on: Option<String>,
        pub recorded_by: Uuid,
        pub recorded_at: At,
        pub withdrawn_at: Option<At>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
