//! The tables of families.

pub(super) mod family {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "family")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub programme_id: Uuid,
        pub zone: String,
        pub languages: String,
        pub circumstances_sealed: Option<Vec<u8>>,
        pub matching_keys_sealed: Option<Vec<u8>>,
        pub created_at: At,
        pub updated_at: At,
        pub version: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod member {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "family_member")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub family_id: Uuid,
        pub account_id: Uuid,
        pub relation: String,
        pub added_at: At,
        pub removed_at: Option<At>,
        pub rights: i32,
        pub changed_by: Option<Uuid>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod mark {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "alleged_abuser")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub family_id: Uuid,
        pub account_id: Uuid,
        pub reason_sealed: Vec<u8>,
        pub marked_by: Uuid,
        pub marked_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod lift {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mark_lift")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub mark_id: Uuid,
        pub reason_sealed: Vec<u8>,
        pub lifted_by: Uuid,
        pub lifted_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod restriction {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "caregiver_restriction")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub family_id: Uuid,
        pub member_id: Uuid,
        pub rights: i32,
        pub reason_sealed: Vec<u8>,
        pub restricted_by: Uuid,
        pub restricted_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod plan {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "safe_contact_plan")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub family_id: Uuid,
        pub zone: String,
        pub windows: String,
        pub channel: String,
        pub details_sealed: Vec<u8>,
        pub updated_at: At,
        pub version: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
