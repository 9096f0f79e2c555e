//! What happens: events, and tests of performance.

use super::Client;
use meshery_types::v1beta3::event::{BulkDeleteResponse, BulkUpdateStatusResponse};
use meshery_types::v1beta3::performance_profile::{
    PerformanceProfile, PerformanceProfilePage, PerformanceResultPage,
};
use serde_json::json;

pub(super) async fn events(it: &Client) {
    for _ in 0..3 {
        it.tell(
            "POST",
            "/api/events",
            Some(json!({"action": "create", "category": "pattern", "description": "d"})),
            201,
        )
        .await;
    }
    let ids = it.ids("event").await;
    assert_eq!(ids.len(), 3);
    let one = format!("/api/events/{}", ids[0]);
    it.tell("PUT", &format!("{one}/status"), Some(json!({"status": "read"})), 200).await;
    it.tell("PUT", &format!("{one}/status"), Some(json!({"status": " "})), 400).await;
    it.tell("DELETE", &one, None, 204).await;
    it.tell("DELETE", &one, None, 404).await;
    let all = json!({"ids": ids, "status": "read"});
    let updated: BulkUpdateStatusResponse = it.ask("PUT", "/api/events/status", Some(all), 200).await;
    assert_eq!(updated.updated.unwrap().len(), 2);
    let deleted: BulkDeleteResponse =
        it.ask("POST", "/api/events/delete", Some(json!({"ids": ids})), 200).await;
    assert_eq!(deleted.deleted.unwrap().len(), 2);
}

pub(super) async fn performance(it: &Client) {
    let list = "/api/performance/profiles";
    let body = json!({"name": "p", "duration": "30s", "endpoints": ["http://example.org"], "loadGenerators": ["fortio"]});
    let made: PerformanceProfile = it.ask("POST", list, Some(body.clone()), 200).await;
    let mut again = body.clone();
    again["id"] = made.id.to_string().into();
    let same: PerformanceProfile = it.ask("POST", list, Some(again), 200).await;
    assert_eq!((same.id, same.created_at), (made.id, made.created_at));
    let page: PerformanceProfilePage =
        it.ask("GET", &format!("{list}?pagesize=10&search=P"), None, 200).await;
    assert_eq!((page.total_count, page.page_size), (1, 10));
    let path = format!("{list}/{}", made.id);
    let _: PerformanceProfile = it.ask("GET", &path, None, 200).await;
    let _: PerformanceProfile = it.ask("PUT", &path, Some(body), 200).await;
    let _: PerformanceResultPage = it.ask("GET", &format!("{path}/results"), None, 200).await;
    let _: PerformanceResultPage =
        it.ask("GET", "/api/performance/results?from=2020-01-01&to=2030-01-01", None, 200).await;
    it.tell("DELETE", &path, None, 204).await;
    it.tell("GET", &format!("{path}/results"), None, 404).await;
}
