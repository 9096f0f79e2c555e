//! Which key an operation of Meshery Server asks for. Upstream links no operation to a key: this map
//! is reviewed by hand, and a test holds it against the contract.

use super::Permission;
use uuid::uuid;

/// Operations with their key: theme, function, id.
#[rustfmt::skip]
pub(super) const KEYS: &[Permission] = &[
    Permission::new("addConnectionToEnvironment", "Workspace Management", "Assign connections to environment", uuid!("52cbe0b8-9aa7-4605-8eed-aa37e595adbb")),
    Permission::new("addKubernetesConfig", "Lifecycle Management", "Add cluster", uuid!("fce15b20-78ac-42af-b79c-b8f19bdb0802")),
    Permission::new("addTeamToOrg", "Identity & Access Management", "Edit Organization", uuid!("d39a34fb-0ccf-4c80-8a6c-b545c8db869a")),
    Permission::new("addUserToOrg", "Identity & Access Management", "Add User to Organization", uuid!("33bf7a57-f787-4208-b01c-ad9b9d9c6b6c")),
    Permission::new("assignDesignToWorkspace", "Workspace Management", "Assign Designs to Workspaces", uuid!("64a1bad5-30f1-431a-aea0-8073d14a0262")),
    Permission::new("assignEnvironmentToWorkspace", "Workspace Management", "Assign environment to workspace", uuid!("f421fc20-c14a-4282-b526-776c6cacfd99")),
    Permission::new("assignTeamToWorkspace", "Workspace Management", "Assign team to workspace", uuid!("6ab4263b-0bb3-492e-9878-6936a5b6312f")),
    Permission::new("assignViewToWorkspace", "Kanvas", "Assign Views to Workspace", uuid!("fb6c987b-e54c-4016-b3f3-0488228ee998")),
    Permission::new("cancelConnectionRegister", "Lifecycle Management", "Add cluster", uuid!("fce15b20-78ac-42af-b79c-b8f19bdb0802")),
    Permission::new("createEnvironment", "Workspace Management", "Create Environment", uuid!("a97b7f3b-3349-4a86-b917-2ce0b64a540b")),
    Permission::new("createOrg", "Identity & Access Management", "Create Organization", uuid!("17a6fa82-cdab-46db-a7ce-a9d0a1bbf40f")),
    Permission::new("createWorkspace", "Workspace Management", "Create Workspace", uuid!("eb42ac41-a883-465e-843c-d64e962a3a0e")),
    Permission::new("deleteConnection", "Lifecycle Management", "Delete a connection", uuid!("61afb8c2-cda6-4175-aad9-74ff87fed323")),
    Permission::new("deleteEnvironment", "Workspace Management", "Delete Environment", uuid!("70747966-dfad-4523-93ce-bd7421258955")),
    Permission::new("deleteMesheryConnection", "Lifecycle Management", "Delete a connection", uuid!("61afb8c2-cda6-4175-aad9-74ff87fed323")),
    Permission::new("deleteOrg", "Identity & Access Management", "Delete Organization", uuid!("b3dc083c-fe8e-43a9-9bcd-ed93d4584f55")),
    Permission::new("deletePerformanceProfile", "Performance Management", "Delete performance test", uuid!("84aa9d3c-3d4b-4587-947d-ae17b2dcd5f5")),
    Permission::new("deleteUserCredential", "Security Management", "Delete Credential", uuid!("cb09f530-aa87-4a18-b3d3-bbcc2d6ca1a6")),
    Permission::new("deleteUserFromOrg", "Identity & Access Management", "Remove User from Organization", uuid!("3ed858e4-418d-4220-9d4c-a217fd466d86")),
    Permission::new("deleteWorkspace", "Workspace Management", "Delete Workspace", uuid!("09eb0507-2f14-4bc4-92c5-9e26a4efbd5e")),
    Permission::new("discoverKubernetesContexts", "Lifecycle Management", "Add cluster", uuid!("fce15b20-78ac-42af-b79c-b8f19bdb0802")),
    Permission::new("evaluateRelationships", "Catalog Management", "Evaluate Relationships", uuid!("c7752be7-5c0f-465d-a8ba-5594acd08b93")),
    Permission::new("getBrokerControllerStatus", "Workspace Management", "View Connections", uuid!("b35c9ce0-e787-4de6-8560-631007b0b947")),
    Permission::new("getConnectionById", "Workspace Management", "View Connections", uuid!("b35c9ce0-e787-4de6-8560-631007b0b947")),
    Permission::new("getConnectionControllersConfig", "Meshery System", "View Controllers Config", uuid!("278e5f2f-6eca-4e26-864b-44d4246f3c19")),
    Permission::new("getConnectionDefinition", "Meshery System", "View Registry", uuid!("cc069117-08cc-44e3-9c61-ae0eeca0bcf1")),
    Permission::new("getConnections", "Workspace Management", "View Connections", uuid!("b35c9ce0-e787-4de6-8560-631007b0b947")),
    Permission::new("getConsoleCapabilities", "Kanvas", "View Interactive Terminal", uuid!("4726da45-2108-409b-b94f-45bd1e199a78")),
    Permission::new("getControllerDiagnostics", "Workspace Management", "View Connections", uuid!("b35c9ce0-e787-4de6-8560-631007b0b947")),
    Permission::new("getControllersDefaultConfig", "Meshery System", "View Controllers Config", uuid!("278e5f2f-6eca-4e26-864b-44d4246f3c19")),
    Permission::new("getCredentialById", "Security Management", "View Credentials", uuid!("96759f76-4add-45f8-b4ef-d4ace5ab1bc4")),
    Permission::new("getDesignsOfWorkspace", "Workspace Management", "View Workspace", uuid!("bc9379e8-dc18-4655-b53c-c641271c4ba3")),
    Permission::new("getEnvironmentById", "Workspace Management", "View Environment", uuid!("e3656bbc-fba2-483d-9996-34f8614cd21b")),
    Permission::new("getEnvironmentConnections", "Workspace Management", "View Environment", uuid!("e3656bbc-fba2-483d-9996-34f8614cd21b")),
    Permission::new("getEnvironments", "Workspace Management", "View Environment", uuid!("e3656bbc-fba2-483d-9996-34f8614cd21b")),
    Permission::new("getEnvironmentsOfWorkspace", "Workspace Management", "View Workspace", uuid!("bc9379e8-dc18-4655-b53c-c641271c4ba3")),
    Permission::new("getKubernetesContext", "Workspace Management", "View Connections", uuid!("b35c9ce0-e787-4de6-8560-631007b0b947")),
    Permission::new("getMeshsyncControllerStatus", "Workspace Management", "View Connections", uuid!("b35c9ce0-e787-4de6-8560-631007b0b947")),
    Permission::new("getOperatorControllerStatus", "Workspace Management", "View Connections", uuid!("b35c9ce0-e787-4de6-8560-631007b0b947")),
    Permission::new("getOrg", "Identity & Access Management", "View Org", uuid!("49f02947-0c8d-4b2d-af53-f50ce18f8861")),
    Permission::new("getOrgPreferences", "Identity & Access Management", "View Org", uuid!("49f02947-0c8d-4b2d-af53-f50ce18f8861")),
    Permission::new("getOrgs", "Identity & Access Management", "View Organizations", uuid!("172fa7d3-0d8a-4646-a789-bf64f52ba40b")),
    Permission::new("getPerformanceProfile", "Performance Management", "View performance profiles", uuid!("6593ac26-820b-4e87-be32-64ee740ea204")),
    Permission::new("getPerformanceProfileResults", "Performance Management", "View Results", uuid!("0c757cc7-4038-4d9b-9b60-fa8d9fc9d27e")),
    Permission::new("getPerformanceProfiles", "Performance Management", "View performance profiles", uuid!("6593ac26-820b-4e87-be32-64ee740ea204")),
    Permission::new("getPerformanceResults", "Performance Management", "View Results", uuid!("0c757cc7-4038-4d9b-9b60-fa8d9fc9d27e")),
    Permission::new("getSystemDatabase", "Meshery System", "View Settings", uuid!("fdc038e3-1fdf-403a-af8a-53c0de8d7820")),
    Permission::new("getTeamsOfWorkspace", "Workspace Management", "View Workspace", uuid!("bc9379e8-dc18-4655-b53c-c641271c4ba3")),
    Permission::new("getUserCredentials", "Security Management", "View Credentials", uuid!("96759f76-4add-45f8-b4ef-d4ace5ab1bc4")),
    Permission::new("getUserEmailAddresses", "Identity & Access Management", "View User Settings", uuid!("e00cae57-6dc6-41ac-b174-f3b01b4adce0")),
    Permission::new("getUserProfileById", "Identity & Access Management", "View User Public Profile", uuid!("daded1e9-ff0f-4259-86ac-e168fd5565d4")),
    Permission::new("getUsersForOrg", "Identity & Access Management", "View All Users", uuid!("382da488-9a92-4a5b-958d-c4bfe1e80253")),
    Permission::new("getViewsOfWorkspace", "Workspace Management", "View Workspace", uuid!("bc9379e8-dc18-4655-b53c-c641271c4ba3")),
    Permission::new("getWorkspaceById", "Workspace Management", "View Workspace", uuid!("bc9379e8-dc18-4655-b53c-c641271c4ba3")),
    Permission::new("getWorkspaces", "Workspace Management", "View Workspace", uuid!("bc9379e8-dc18-4655-b53c-c641271c4ba3")),
    Permission::new("importDesign", "Catalog Management", "Import Design", uuid!("cc040d21-3160-4a96-8efa-833487a234cd")),
    Permission::new("listConnectionDefinitions", "Meshery System", "View Registry", uuid!("cc069117-08cc-44e3-9c61-ae0eeca0bcf1")),
    Permission::new("openLogConsole", "Kanvas", "Stream container logs", uuid!("c1ff0f0d-95b5-4765-8c64-d77af99e5d4f")),
    Permission::new("openTerminalConsole", "Kanvas", "View Interactive Terminal", uuid!("4726da45-2108-409b-b94f-45bd1e199a78")),
    Permission::new("performConnectionAction", "Lifecycle Management", "Change connection state", uuid!("14ac9622-3170-4580-8403-ed7a584f90ef")),
    Permission::new("pingKubernetes", "Workspace Management", "View Connections", uuid!("b35c9ce0-e787-4de6-8560-631007b0b947")),
    Permission::new("processConnectionRegistration", "Lifecycle Management", "Add cluster", uuid!("fce15b20-78ac-42af-b79c-b8f19bdb0802")),
    Permission::new("registerConnection", "Lifecycle Management", "Add cluster", uuid!("fce15b20-78ac-42af-b79c-b8f19bdb0802")),
    Permission::new("registerConnectionDefinition", "Meshery System", "Create Model", uuid!("272a1166-a023-43e8-9e27-2cd8054115bb")),
    Permission::new("registerRegistryEntities", "Meshery System", "Import Model", uuid!("9e412481-744f-4676-bb1c-f40ce9e6c8f8")),
    Permission::new("removeConnectionFromEnvironment", "Workspace Management", "Remove connections from environment", uuid!("65648682-e47f-43d7-a5ad-dc042803f951")),
    Permission::new("removeTeamFromOrg", "Identity & Access Management", "Edit Organization", uuid!("d39a34fb-0ccf-4c80-8a6c-b545c8db869a")),
    Permission::new("resetSystemDatabase", "Meshery System", "Reset Database", uuid!("84fc402c-f33e-4a21-a0e3-e14f9e20b125")),
    Permission::new("saveUserCredential", "Security Management", "Create Credential", uuid!("30023b1b-01a7-4613-8364-38d3487d1789")),
    Permission::new("searchUsers", "Identity & Access Management", "View All Users", uuid!("382da488-9a92-4a5b-958d-c4bfe1e80253")),
    Permission::new("subscribeControllersStatus", "Workspace Management", "View Connections", uuid!("b35c9ce0-e787-4de6-8560-631007b0b947")),
    Permission::new("unassignDesignFromWorkspace", "Workspace Management", "Remove Designs from Workspaces", uuid!("076515f1-f696-4211-ae27-58d5463a229e")),
    Permission::new("unassignEnvironmentFromWorkspace", "Workspace Management", "Remove environment from workspace", uuid!("d0657715-80fb-4b00-af27-b78bb0fa56df")),
    Permission::new("unassignTeamFromWorkspace", "Workspace Management", "Remove team from workspace", uuid!("c4ed82f5-783d-4451-9b34-44f50cae71df")),
    Permission::new("unassignViewFromWorkspace", "Kanvas", "Unassign Views from Workspace", uuid!("f77d74ef-1cae-4527-b45e-ecc1431681df")),
    Permission::new("updateConnection", "Lifecycle Management", "Edit Connection", uuid!("5385852a-8cb7-498c-b3a6-9a0059c25017")),
    Permission::new("updateConnectionControllersConfig", "Meshery System", "Edit Controllers Config", uuid!("4ea3ffab-dced-4358-b138-b583d90f0451")),
    Permission::new("updateConnectionDefinition", "Meshery System", "Create Model", uuid!("272a1166-a023-43e8-9e27-2cd8054115bb")),
    Permission::new("updateControllersDefaultConfig", "Meshery System", "Edit Controllers Config", uuid!("4ea3ffab-dced-4358-b138-b583d90f0451")),
    Permission::new("updateEnvironment", "Workspace Management", "Edit Environment", uuid!("145ab6ed-b4b6-4e34-ada5-78dada250f89")),
    Permission::new("updateOrg", "Identity & Access Management", "Edit Organization", uuid!("d39a34fb-0ccf-4c80-8a6c-b545c8db869a")),
    Permission::new("updatePerformanceProfile", "Performance Management", "Edit performance test", uuid!("33aa5c47-a8aa-4ad5-9950-7c17042c001d")),
    Permission::new("updateUserCredential", "Security Management", "Edit Credential", uuid!("e4cd5bb0-8afb-4b35-8716-0e2ead13c9b7")),
    Permission::new("updateWorkspace", "Workspace Management", "Edit Workspace", uuid!("4112230f-5d1e-4d30-9790-942ad5c1dc50")),
    Permission::new("upsertPerformanceProfile", "Performance Management", "Add performace profile", uuid!("b2861578-c573-45fe-a95e-0356d56e1d1b")),
];

/// Operations with a key whose body names an organization.
pub(super) const IN_BODY: &[&str] =
    &["createEnvironment", "createWorkspace", "updateEnvironment", "updateWorkspace"];

/// Routes beside the contract that a key is for, by the names that they are [allowed](super::ByKeys::allow) by.
#[rustfmt::skip]
pub(super) const BESIDE: &[Permission] = &[
    Permission::new("subscribeEvents", "Events Management", "View Events", uuid!("4fe3e6b9-3363-4e9d-bfd4-9cd5bd168e5a")),
];

/// Protected operations that everybody may call who is known, and why.
#[rustfmt::skip]
pub(super) const EVERYBODY: &[(&str, &str)] = &[
    ("getOrgByDomain", "asked before it is known whose keys count"),
    ("getSystemSync", "what a user interface needs to start"),
    ("getUser", "everybody may see who they are"),
    ("getUserKeys", "everybody may see what they may"),
];

/// Protected operations that no key is for, and why. They are not allowed unless somebody
/// [allows](super::ByKeys::allow) them.
#[rustfmt::skip]
pub(super) const UNMAPPED: &[(&str, &str)] = &[
    ("bulkDeleteEvents", "events have a key for reading only"),
    ("bulkUpdateEventStatus", "events have a key for reading only"),
    ("createEvent", "events have a key for reading only"),
    ("deleteConnectionDefinition", "no key deletes what is registered"),
    ("deleteEvent", "events have a key for reading only"),
    ("deleteRegistryModel", "no key deletes what is registered"),
    ("updateEventStatus", "events have a key for reading only"),
    ("updateRegistryEntityStatus", "no key switches what is registered on and off"),
];
