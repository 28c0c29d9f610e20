"""Error bodies as OpenAI sends them."""

from typing import Any

from tests.twins.http_twin import ApiError
from tests.twins.openai_modes import (
    KEY_FRAGMENT,
    ORGANISATION,
    SERVER_PATH,
    AccountBlocked,
    Billing,
    HugeMessage,
    InvalidKey,
    InvalidParameter,
    InvalidPrompt,
    NotVerified,
    NullMessage,
    Quota,
    RateLimit,
    Refuse,
)


def error(
    status: int,
    message: str | None,
    *,
    type_: str = "invalid_request_error",
    code: str | None = None,
    param: str | None = None,
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> ApiError:
    body = {"message": message, "type": type_, "param": param, "code": code, **extra}
    return ApiError(status, {"error": body}, code=code or type_, headers=headers)


def unknown_parameter(name: str) -> ApiError:
    return error(400, f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name)


def invalid_value(name: str, message: str) -> ApiError:
    return error(400, message, code="invalid_value", param=name)


def model_not_found(model: str) -> ApiError:
    message = f"The model `{model}` does not exist or you do not have access to it."
    return error(404, message, code="model_not_found")


def model_shut_down(model: str) -> ApiError:
    message = f"The model `{model}` has been deprecated, learn more here: the deprecations page."
    return error(404, message, code="model_not_found")


def scripted_error(mode: object) -> ApiError | None:
    """The error that a mode stands for, None if the mode is no error."""
    match mode:
        case Refuse():
            return _refusal(mode)
        case Billing():
            return error(
                400, "Billing hard limit has been reached.", type_="billing_limit_user_error",
                code="billing_hard_limit_reached",
            )  # fmt: skip
        case Quota():
            text = "You exceeded your current quota, please check your plan and billing details."
            return error(429, text, type_="insufficient_quota", code="insufficient_quota")
        case RateLimit():
            return _rate_limit(mode)
        case InvalidKey():
            return invalid_key()
        case NotVerified():
            text = f"Your organization {ORGANISATION} must be verified to use the model `gpt-image-2`."
            return error(403, text)
        case AccountBlocked():
            text = (
                "Your access is temporarily blocked because we detected activity that violates our policies."
            )
            return error(403, text, type_="access_terminated", code="access_terminated")
        case NullMessage(status):
            return error(status, None, type_="image_generation_user_error")
        case HugeMessage(status, length):
            secret = f"key {KEY_FRAGMENT} of {ORGANISATION} at {SERVER_PATH}: "
            return error(status, (secret * (length // len(secret) + 1))[:length], code="internal_detail")
        case InvalidParameter(param):
            return unknown_parameter(param)
        case InvalidPrompt():
            text = "Invalid prompt: your prompt was flagged as potentially violating our usage policy."
            return error(400, text, code="invalid_prompt")
    return None


def invalid_key() -> ApiError:
    text = f"Incorrect API key provided: {KEY_FRAGMENT}. You can find your API key in the dashboard."
    return error(401, text, code="invalid_api_key")


def _refusal(mode: Refuse) -> ApiError:
    text = "Your request was rejected by the safety system. If you believe this is an error, contact us"
    text += " and include the request ID req_5f1e0a."
    if mode.named:
        text += f" safety_violations=[{', '.join(mode.categories)}]."
    details = {"moderation_stage": mode.stage, "categories": list(mode.categories)}
    extra: dict[str, Any] = {"moderation_details": details} if mode.stage else {}
    return error(400, text, type_="image_generation_user_error", code=mode.code, **extra)


def _rate_limit(mode: RateLimit) -> ApiError:
    headers = {}
    if mode.retry_after is not None:
        headers["retry-after"] = str(mode.retry_after)
    if mode.retry_after_ms is not None:
        headers["retry-after-ms"] = str(mode.retry_after_ms)
    text = (
        f"Rate limit reached for images in organization {ORGANISATION} on requests per min: Limit 5, Used 5."
    )
    return error(429, text, type_="requests", code="rate_limit_exceeded", headers=headers)
