//! Jobs. The template of a Job cannot be changed, so a Job bears a hash of its spec in its name: a
//! change makes another Job. It has no time to live, since a GitOps controller would run it again.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::mesh::Job;
use crate::objects::batch::{CronJobSpec, JobSpec, JobTemplate};
use crate::objects::{Metadata, Object, Rest, Spec};
use crate::targets::{Scene, metadata};
use crate::value::CronPolicy;

use super::pod;

pub(super) fn job(scene: &Scene<'_>, job: &Job) -> Object {
    let spec = JobSpec { backoff_limit: job.backoff_limit, template: pod::of_job(scene, job), rest: Rest::new() };
    let labels = metadata::app_labels(&job.name);
    let (name, spec) = match &job.schedule {
        None => (format!("{}-{}", job.name.value, hash(&spec)), Spec::from(spec)),
        Some(schedule) => {
            let metadata = Metadata { labels: labels.clone().into(), ..Metadata::default() };
            let cron = CronJobSpec {
                schedule: schedule.cron.clone(),
                time_zone: schedule.time_zone.clone(),
                concurrency_policy: schedule.concurrency_policy.map(|policy| concurrency_policy(policy).into()),
                job_template: JobTemplate { metadata: metadata.into(), spec, rest: Rest::new() },
                rest: Rest::new(),
            };
            (job.name.value.clone(), Spec::from(cron))
        }
    };
    Object::new(metadata::within(&job.namespace, name, labels), spec, metadata::job_origin(job))
}

fn concurrency_policy(policy: CronPolicy) -> &'static str {
    match policy {
        CronPolicy::Allow => "Allow",
        CronPolicy::Forbid => "Forbid",
        CronPolicy::Replace => "Replace",
    }
}

/// Ten hexadecimal digits of a spec.
fn hash(spec: &JobSpec) -> String {
    let bytes = serde_json::to_vec(spec).expect("a spec holds only strings, numbers and maps with string keys");
    Sha256::digest(bytes).iter().take(5).fold(String::new(), |mut hash, byte| {
        write!(hash, "{byte:02x}").expect("writing to a string cannot fail");
        hash
    })
}
