namespace AgentGateway.Launcher.Web;

/// <summary>The refusals of the Launcher: each code has one status and one title.</summary>
internal static class Refuse
{
    public static RefusalException Unauthenticated() =>
        New(401, "unauthenticated", "Missing or unknown token", "The request carries no token that opens this route.");

    public static RefusalException Route() => New(404, "route_not_found", "No such route", "The Launcher has no such route.");

    public static RefusalException ActorMissing() => New(
        400, "actor_required", "Acting person missing", "The header X-NodeDC-Actor must name the acting person by id, once.");

    // One constant answer: whether the person exists or is blocked is nobody's business who acts in their name.
    public static RefusalException Actor() => New(
        403, "actor_forbidden", "Acting person refused", "The acting person is unknown or blocked.");

    public static RefusalException Role(string needed) => New(
        403, "role_required", "Role missing", $"This needs the role {needed}.");

    // The same for "not there" and "not yours".
    public static RefusalException Client() => New(
        404, "client_not_found", "Client not found", "The client does not exist or the acting person does not belong to it.");

    public static RefusalException User() => New(
        404, "user_not_found", "User not found", "The user does not exist or is out of the acting person's reach.");

    // One answer for a code that is wrong, late or used: a guess learns nothing.
    public static RefusalException SignInLink() => New(
        404, "sign_in_link", "Link not valid", "This sign-in link was used, has expired or never existed.");

    public static RefusalException Conflict(string code, string detail) => New(409, code, "Not possible as things are", detail);

    public static RefusalException Malformed(string detail) => New(400, "malformed_request", "Malformed request", detail);

    public static RefusalException MediaType() => New(
        415, "unsupported_media_type", "Unsupported media type", "Bodies are application/json in UTF-8.");

    public static RefusalException Invalid(params IReadOnlyList<FieldError> errors) => new(new Problem
    {
        Status = 422,
        Code = "validation_failed",
        Title = "Not valid",
        Detail = string.Join(" ", errors.Select(error => $"{error.Pointer.TrimStart('/')}: {error.Message}.")),
        Errors = errors,
    });

    public static RefusalException Field(string name, string message) => Invalid(new FieldError("/" + name, message));

    public static RefusalException Unavailable() => New(
        503, "database_unavailable", "Database not available", "The database did not answer in time; nothing was changed.");

    public static RefusalException Internal() => New(
        500, "internal_error", "Internal error", "The request failed and changed nothing.");

    private static RefusalException New(int status, string code, string title, string detail) =>
        new(new Problem { Status = status, Code = code, Title = title, Detail = detail });
}
