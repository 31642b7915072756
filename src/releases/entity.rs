//! The tables of releases. Private to the feature.

pub(super) mod release {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "information_release")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub programme_id: Uuid,
        pub family_id: Uuid,
        pub state: String,
        pub drafted_by: Uuid,
        pub drafted_at: At,
        pub receiver_sealed: Vec<u8>,
        pub purpose: String,
        pub purpose_sealed: Vec<u8>,
        pub valid_days: i32,
        pub signed_at: Option<At>,
        pub expires_at: Option<At>,
        pub ended_at: Option<At>,
        pub ended_by: Option<Uuid>,
        pub ended_role: Option<String>,
        pub version: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod field {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "release_field")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub release_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub field: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod signature {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "release_signature")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub release_id: Uuid,
        pub family_id: Uuid,
        pub account_id: Uuid,
        pub text_version: String,
        pub text_language: String,
        pub body: String,
        pub signed_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod disclosure {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disclosure")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub release_id: Uuid,
        pub family_id: Uuid,
        pub disclosed_by: Uuid,
        pub disclosed_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod disclosed_field {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "disclosure_field")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub disclosure_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub field: String,
        pub release_id: Uuid,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
