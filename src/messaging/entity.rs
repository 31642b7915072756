//! The tables of conversations. Private to the feature.

pub(super) mod conversation {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "conversation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub match_id: Uuid,
        pub family_id: Uuid,
        pub mentor_id: Uuid,
        pub programme_id: Uuid,
        pub created_at: At,
        pub next_seq: i64,
        pub next_change: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod message {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub conversation_id: Uuid,
        pub seq: i64,
        pub change_seq: i64,
        pub author_account_id: Uuid,
        pub side: String,
        pub client_id: String,
        pub body_sealed: Vec<u8>,
        pub shown_sealed: Option<Vec<u8>>,
        pub state: String,
        pub created_at: At,
        pub delivered_at: Option<At>,
        pub edited_at: Option<At>,
        pub version: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod kept {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "message_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub message_id: Uuid,
        pub version: i32,
        pub form: String,
        pub body_sealed: Vec<u8>,
        pub kept_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod verdict {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "verdict")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub message_id: Uuid,
        pub message_version: i32,
        pub outcome: String,
        pub findings: String,
        pub judge: String,
        pub judged_by: Option<Uuid>,
        pub screener_version: String,
        pub decided_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
