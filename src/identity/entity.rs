//! The tables of identity, private to the feature.

pub(super) mod programme {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "programme")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub zone: String,
        pub settings: String,
        pub created_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod account {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub sign_in_name: String,
        pub passphrase_hash: Option<String>,
        pub first_name_sealed: Vec<u8>,
        pub state: String,
        pub created_at: At,
        pub updated_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod role {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "role")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub programme_id: Option<Uuid>,
        pub role: String,
        pub family_id: Option<Uuid>,
        pub mentor_id: Option<Uuid>,
        pub granted_at: At,
        pub revoked_at: Option<At>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod invitation {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "invitation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub programme_id: Option<Uuid>,
        pub account_id: Uuid,
        pub role: String,
        pub code_hash: Vec<u8>,
        pub created_by: Option<Uuid>,
        pub created_at: At,
        pub expires_at: At,
        pub used_at: Option<At>,
        pub revoked_at: Option<At>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod sign_in {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub role_id: Uuid,
        pub created_at: At,
        pub ended_at: Option<At>,
        pub end_reason: Option<String>,
        pub last_used_at: At,
        pub expires_at: At,
        pub strength: String,
        pub proved_at: At,
        pub device: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod refresh_token {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub sign_in_id: Uuid,
        pub token_hash: Vec<u8>,
        pub issued_at: At,
        pub expires_at: At,
        pub used_at: Option<At>,
        pub retry_hash: Option<Vec<u8>>,
        pub successor_id: Option<Uuid>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod security_alert {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "security_alert")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub account_id: Uuid,
        pub programme_id: Option<Uuid>,
        pub role: String,
        pub sign_in_id: Uuid,
        pub raised_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod factor {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "factor")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub kind: String,
        pub name_sealed: Vec<u8>,
        pub secret_sealed: Vec<u8>,
        pub credential_hash: Option<Vec<u8>>,
        pub last_step: Option<i32>,
        pub counter: Option<i64>,
        pub created_at: At,
        pub last_used_at: Option<At>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod recovery_code {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "recovery_code")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub code_hash: Vec<u8>,
        pub created_at: At,
        pub used_at: Option<At>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod challenge {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "challenge")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub purpose: String,
        pub account_id: Option<Uuid>,
        pub sign_in_id: Option<Uuid>,
        pub token_hash: Vec<u8>,
        pub state_sealed: Option<Vec<u8>>,
        pub tries: i32,
        pub created_at: At,
        pub expires_at: At,
        pub used_at: Option<At>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod code_try {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "code_try")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: Uuid,
        pub failures: i32,
        pub open_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod alert_handling {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "alert_handling")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub alert_id: Uuid,
        pub handled_by: Uuid,
        pub handled_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod sign_in_try {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_try")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tries: i32,
        pub last_at: At,
        pub open_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod known_place {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "known_place")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub last_seen_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod provider_sign_in {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "provider_sign_in")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub state_hash: Vec<u8>,
        pub secret_hash: Vec<u8>,
        pub remembered_sealed: Vec<u8>,
        pub created_at: At,
        pub expires_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod provider_link {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "provider_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub issuer: String,
        pub subject_hash: Vec<u8>,
        pub created_at: At,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod factor_reset {
    use sea_orm::entity::prelude::*;

    use crate::db::At;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "factor_reset")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub programme_id: Option<Uuid>,
        pub of_staff: i32,
        pub lost: String,
        pub verified_by: String,
        pub state: String,
        pub requested_by: Uuid,
        pub requested_at: At,
        pub approved_by: Option<Uuid>,
        pub approved_at: Option<At>,
        pub due_at: Option<At>,
        pub ended_at: Option<At>,
        pub ended_by: Option<Uuid>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
