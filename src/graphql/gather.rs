//! Fields that a service answers for many records at once: one question for all parents of an answer, instead of one for
//! each.
//!
//! The library's own loader gathers for a set time and asks in a task beside the request. On a busy machine one page then
//! becomes several questions, and what the task logs has lost its request. Here whoever comes to such a field first steps
//! back once; when all resolvers of the request have come as far, the question is asked inside of the request, by whichever
//! of them is looked at first, and is dropped with it.
//!
//! What still asks for each parent alone does so on purpose: the words of a moderation case, whose entry names the messages
//! that this one case showed; pages under a parent, each with a place of its own and paid by its length; the count of what
//! was looked at under one opening; and `nodes`, where every id is a find of its own and costs as much as twenty fields.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Error;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::oneshot;

use super::fault;
use crate::kernel::{self, Result};
use crate::op::{Each, Op};

/// The most records that one question names. A longer list asks again.
const MOST: usize = 500;

type Told<K, V> = Result<Arc<HashMap<K, Result<V, Error>>>, Error>;
type Ask<K, V> = dyn Fn(Vec<K>) -> BoxFuture<'static, Result<Each<K, V>>> + Send + Sync;
/// The records that a question will name; none once it has been asked.
type Waiting<K> = Arc<Mutex<Option<BTreeSet<K>>>>;

type Answer<K, V> = Shared<BoxFuture<'static, Told<K, V>>>;

struct Question<K, V> {
    waiting: Waiting<K>,
    answer: Answer<K, V>,
}

/// One such field, for as long as one operation lives. Nothing is kept: who asks later asks anew, under a new decision.
pub struct Gather<K, V> {
    ask: Arc<Ask<K, V>>,
    open: Mutex<Option<Question<K, V>>>,
}

impl<K, V> Gather<K, V>
where
    K: Copy + Ord + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The field that this service answers.
    pub fn new<F, Fut>(op: &Op, service: F) -> Self
    where
        F: Fn(Op, Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Each<K, V>>> + Send + 'static,
    {
        let op = op.clone();
        Self { ask: Arc::new(move |ids| service(op.clone(), ids).boxed()), open: Mutex::new(None) }
    }

    /// The value for one record, or what its caller hears instead.
    pub async fn of(&self, id: K) -> Result<V, Error> {
        let (answer, first) = self.join(id);
        if let Some(held_back) = first {
            // All resolvers of the request have been looked at once before this one is looked at again. Should it be
            // dropped meanwhile, the others go on without it.
            tokio::task::yield_now().await;
            drop(held_back);
        }
        let told = answer.await?;
        told.get(&id).cloned().unwrap_or_else(|| Err(fault(kernel::Error::NotFound)))
    }

    /// Adds a record to the question that is about to be asked, or begins one; whoever begins it holds it back.
    fn join(&self, id: K) -> (Answer<K, V>, Option<oneshot::Sender<()>>) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(question) = open.as_ref().filter(|question| add(&question.waiting, id)) {
            return (question.answer.clone(), None);
        }
        let (held_back, goes) = oneshot::channel();
        (open.insert(self.begin(id, goes)).answer.clone(), Some(held_back))
    }

    fn begin(&self, id: K, goes: oneshot::Receiver<()>) -> Question<K, V> {
        let waiting: Waiting<K> = Arc::new(Mutex::new(Some(BTreeSet::from([id]))));
        let (ask, asked) = (Arc::clone(&self.ask), Arc::clone(&waiting));
        let answer = async move {
            let _ = goes.await;
            let ids = asked.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
            let told = ask(ids.into_iter().collect()).await.map_err(fault)?;
            Ok(Arc::new(told.into_iter().map(|(id, answer)| (id, answer.map_err(fault))).collect()))
        };
        Question { waiting, answer: answer.boxed().shared() }
    }
}

/// Whether there was still room, and time.
fn add<K: Ord>(waiting: &Waiting<K>, id: K) -> bool {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    match waiting.as_mut().filter(|ids| ids.len() < MOST || ids.contains(&id)) {
        Some(ids) => {
            ids.insert(id);
            true
        }
        None => false,
    }
}
