//! Something is mounted that does not implement the group.

use meshery_server::meshery::Api;

struct Nothing;

fn main() {
    let _ = Api::insecure("anybody").evaluation(Nothing);
}
