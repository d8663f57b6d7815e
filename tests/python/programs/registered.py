"""Registers two versions of a model with MLflow's client, as `log_model(registered_model_name=...)` does, and finds them again; beside it, a trace."""

import mlflow

client = mlflow.MlflowClient()
with mlflow.start_run() as run:
    mlflow.log_text("weights", "model/weights.txt")
    with mlflow.start_span("load"):
        pass
    for _ in range(2):
        mlflow.register_model(f"{run.info.artifact_uri}/model", "classifier")
    client.set_registered_model_alias("classifier", "best", "2")
best = client.get_model_version_by_alias("classifier", "best")
found = [one.version for one in client.search_model_versions("name='classifier'")]
models = [one.name for one in client.search_registered_models("name LIKE 'class%'")]
source = client.get_model_version_download_uri("classifier", best.version)
assert mlflow.artifacts.load_text(source + "/weights.txt") == "weights"
print(run.info.run_id, best.version, [str(version) for version in found], models)
