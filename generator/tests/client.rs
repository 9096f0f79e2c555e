//! Is the client that is emitted the one the contract asks for?

use meshery_generator::diagnostic::{Diagnostics, Severity};
use meshery_generator::emit::{File, client};
use meshery_generator::ir::Api;
use meshery_generator::{contract, lower, passes};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn api(text: &str) -> Api {
    let mut found = Diagnostics::new();
    let contract = contract::read(text, "contract.yml").unwrap();
    let mut api = lower::lower(&contract, "contract.yml", &mut found).unwrap();
    passes::run(&mut api, &mut found);
    assert_eq!(found.count(Severity::Error), 0, "{found}");
    api
}

fn emitted(api: &Api) -> BTreeMap<String, syn::File> {
    let files = client::emit(api).unwrap();
    files.into_iter().map(|File { path, text }| (path, syn::parse_file(&text).unwrap())).collect()
}

/// The methods of the only inherent `impl` of a type in a file.
fn methods<'a>(file: &'a syn::File, name: &str) -> Vec<&'a syn::ImplItemFn> {
    let items = file.items.iter().filter_map(|item| match item {
        syn::Item::Impl(block) if block.trait_.is_none() => match &*block.self_ty {
            syn::Type::Path(ty) if ty.path.segments.last().unwrap().ident == name => Some(&block.items),
            _ => None,
        },
        _ => None,
    });
    let functions = items.flatten().filter_map(|item| match item {
        syn::ImplItem::Fn(function) => Some(function),
        _ => None,
    });
    functions.collect()
}

#[test]
fn every_operation_parameter_and_status_is_there() {
    let api = api(include_str!("../../schemas/contract.yml"));
    let files = emitted(&api);
    for product in &api.products {
        let expected = api.operations.iter().filter(|o| o.products.contains(&product.name)).count();
        let groups = product.groups.iter().map(|group| {
            let file = &files[&format!("{}/{}.rs", product.name, group.module)];
            methods(file, &group.name).len()
        });
        assert_eq!(groups.sum::<usize>(), expected, "{}", product.name);
        assert!(expected > 0);
    }
    let mut statuses = 0;
    for operation in &api.operations {
        let holders: Vec<_> = files
            .iter()
            .filter(|(path, _)| path.starts_with("ops/"))
            .map(|(_, file)| methods(file, &operation.type_name))
            .filter(|methods| !methods.is_empty())
            .collect();
        let [methods] = &holders[..] else { panic!("{} builders of {}", holders.len(), operation.id) };
        let arguments = methods.iter().find(|m| m.sig.ident == "new").unwrap().sig.inputs.len() - 1;
        let mut own = vec!["new", "send"];
        own.extend(operation.paging.iter().flat_map(|_| ["pages", "stream"]));
        assert!(own.iter().all(|name| methods.iter().any(|m| m.sig.ident == name)), "{}", operation.id);
        let setters = methods.iter().filter(|m| !own.iter().any(|name| m.sig.ident == name)).count();
        let shape = client::shape::shape(&api, operation);
        assert_eq!((arguments, setters), (shape.arguments.len(), shape.setters.len()), "{}", operation.id);
        let inputs = shape.arguments.len() + shape.setters.len();
        assert!(inputs >= operation.params().count() + usize::from(operation.body.is_some()));
        statuses += operation.responses.len();
    }
    let facts: String = client::emit(&api)
        .unwrap()
        .into_iter()
        .filter(|file| file.path.starts_with("ops/"))
        .map(|file| file.text)
        .collect();
    assert_eq!(facts.matches("support::ResponseInfo::new(").count(), statuses);
    assert_eq!(facts.matches("support::OperationInfo = ").count(), api.operations.len());
}

/// Invented operations, one for each shape a method can have. `BLESS=1` writes what is found.
#[test]
fn every_shape_is_emitted_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client");
    let expected = root.join("expected");
    let api = api(&fs::read_to_string(root.join("odd.yml")).unwrap());
    let files = client::emit(&api).unwrap();
    if std::env::var_os("BLESS").is_some() {
        fs::remove_dir_all(&expected).unwrap();
        for File { path, text } in &files {
            let golden = expected.join(path);
            fs::create_dir_all(golden.parent().unwrap()).unwrap();
            fs::write(&golden, text).unwrap();
        }
    }
    for File { path, text } in &files {
        let golden = fs::read_to_string(expected.join(path)).unwrap_or_default();
        assert!(*text == golden, "{path} is not as in tests/client/expected; found:\n{text}");
    }
    assert_eq!(count(&expected), files.len(), "a file in tests/client/expected is no longer emitted");
}

/// How many files there are below a folder.
fn count(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
}
